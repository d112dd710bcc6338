import { beforeEach, describe, expect, it } from 'vitest';
import { replicaSetReconciler } from '#control/kube/replica-set/reconcile-replica-set.ts';
import { type KubePods, kubePods } from '#test/support/kube-pods.ts';
import { type KubeReply, type KubeWorld, kubeWorld } from '#test/support/kube-world.ts';

const SETS = '/apis/apps/v1/namespaces/default/replicasets';
const PODS = '/api/v1/namespaces/default/pods';
const MERGE = { 'content-type': 'application/merge-patch+json' };
const ID = { cluster: 'default', resource: 'replicasets.apps', namespace: 'default', name: 'web' };

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'app:1' }] } };
const aSet = (spec: object = {}) => ({
  metadata: { name: 'web' },
  spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template, ...spec },
});

describe('replica sets', () => {
  let kube: KubeWorld;
  let pods: KubePods;
  const web = async (): Promise<KubeReply['body']> => (await kube.send('GET', `${SETS}/web`)).body;
  const create = async (set: object = aSet()): Promise<void> => {
    expect((await kube.send('POST', SETS, set)).status).toBe(201);
    await kube.world.settle();
  };
  const scale = async (replicas: number): Promise<void> => {
    await kube.send('PATCH', `${SETS}/web`, { spec: { replicas } }, MERGE);
    await kube.world.settle();
  };

  beforeEach(async () => {
    kube = await kubeWorld();
    pods = kubePods(kube);
  });

  it('a new one, makes its pods with its labels, its owner and a name of their own', async () => {
    await create();
    const [pod, ...others] = await pods.list();
    expect(others).toHaveLength(2);
    expect(pod.metadata).toMatchObject({
      generateName: 'web-',
      labels: { app: 'web' },
      ownerReferences: [{ kind: 'ReplicaSet', name: 'web', controller: true, blockOwnerDeletion: true }],
    });
    expect((await web()).status).toMatchObject({ replicas: 3, fullyLabeledReplicas: 3, observedGeneration: 1 });
  });

  it('fewer pods than there are, takes those that are not ready first', async () => {
    await create();
    const [one = '', two = ''] = await pods.names();
    await pods.ready(one);
    await pods.ready(two);
    await scale(2);
    expect(await pods.names()).toEqual([one, two]);
  });

  it('a pod that is deleted or fails, is replaced', async () => {
    await create();
    await pods.allReady();
    const [one = '', two = ''] = await pods.names();
    await kube.send('DELETE', `${PODS}/${one}`);
    kube.world.advance(700_000);
    await pods.fail(two);
    await kube.world.settle();
    const left = (await pods.list()).filter(({ status }) => status?.phase !== 'Failed');
    expect(left).toHaveLength(3);
  });

  it('pods that fail at once, are replaced one at a time and ever more seldom, and few are kept', async () => {
    await create();
    const made = new Set<string>();
    for (let second = 0; second < 3_600; second += 5) {
      for (const { metadata, status } of await pods.list()) {
        made.add(metadata.name);
        if (status?.phase !== 'Failed') await pods.fail(metadata.name);
      }
      kube.world.advance(5_000);
      await kube.world.settle();
    }
    expect(made.size).toBeLessThan(24);
    expect((await pods.list()).length).toBeLessThanOrEqual(11);
    // What works again is whole soon.
    kube.world.advance(300_000);
    await kube.world.settle();
    await pods.allReady();
    expect((await web()).status.availableReplicas).toBe(3);
  });

  it('pods nobody owns, are adopted; a pod whose labels change, is let go and replaced', async () => {
    await kube.send('POST', PODS, { metadata: { name: 'lone', labels: { app: 'web' } }, spec: template.spec });
    await create();
    expect(await pods.names()).toContain('lone');
    expect(await pods.names()).toHaveLength(3);
    await kube.send('PATCH', `${PODS}/lone`, { metadata: { labels: { app: 'other' } } }, MERGE);
    await kube.world.settle();
    expect(await pods.names('app=web')).toHaveLength(3);
    expect((await kube.send('GET', `${PODS}/lone`)).body.metadata.ownerReferences).toBeUndefined();
  });

  it('a pod that comes to match later, is found by the sweep', async () => {
    await create();
    await kube.send('POST', PODS, { metadata: { name: 'lone', labels: { app: 'web' } }, spec: template.spec });
    await kube.world.sweep();
    await kube.world.settle();
    expect(await pods.names()).toHaveLength(3);
  });

  it('workers that race, make no pod twice', async () => {
    await kube.send('POST', SETS, aSet({ replicas: 50 }));
    const workers = ['a', 'b', 'c', 'd'].map((seed) => kube.world.anotherWorker(seed));
    await Promise.all(workers.map((deps) => replicaSetReconciler.reconcile(deps, ID)));
    expect(await pods.names()).toHaveLength(50);
  });

  it('pods that are refused, are told of and make no pod, and are tried again', async () => {
    await kube.send('POST', '/api/v1/namespaces', { metadata: { name: 'going', finalizers: ['example.com/hold'] } });
    const path = '/apis/apps/v1/namespaces/going/replicasets';
    await kube.send('POST', path, { ...aSet(), metadata: { name: 'web', finalizers: ['example.com/hold'] } });
    await kube.send('DELETE', '/api/v1/namespaces/going');
    await replicaSetReconciler.reconcile(kube.world.deps, { ...ID, namespace: 'going' });
    const { status } = (await kube.send('GET', `${path}/web`)).body;
    expect(status.replicas).toBe(0);
    expect(status.conditions).toMatchObject([{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' }]);
    const before = kube.world.store.feed.latest();
    await replicaSetReconciler.reconcile(kube.world.deps, { ...ID, namespace: 'going' });
    expect(kube.world.store.feed.latest()).toBe(before);
  });

  it('a thousand pods, are made in few transactions, and looked at again without a write and with few reads', async () => {
    const { deps, store } = kube.world;
    let reads = 0;
    let transactions = 0;
    const counting = {
      ...deps,
      store: {
        ...deps.store,
        query: (query: Parameters<typeof store.query>[0]) => {
          reads += 1;
          return store.query(query);
        },
        get: (key: Parameters<typeof store.get>[0]) => {
          reads += 1;
          return store.get(key);
        },
        transact: (writes: Parameters<typeof store.transact>[0]) => {
          transactions += 1;
          return store.transact(writes);
        },
      },
    };
    await kube.send('POST', SETS, aSet({ replicas: 1_000 }));
    await replicaSetReconciler.reconcile(counting, ID);
    await replicaSetReconciler.reconcile(counting, ID);
    expect(await pods.names()).toHaveLength(1_000);
    // 29 pods in each, and an event for each.
    expect(transactions).toBeLessThanOrEqual(80);
    [reads, transactions] = [0, 0];
    await replicaSetReconciler.reconcile(counting, ID);
    expect({ reads, transactions }).toEqual({ reads: 3, transactions: 0 });
  });

  it('more than it wants, go in few transactions, too', async () => {
    await create(aSet({ replicas: 100 }));
    await scale(10);
    expect(await pods.names()).toHaveLength(10);
  });
});
