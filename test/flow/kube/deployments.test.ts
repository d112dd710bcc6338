import { beforeEach, describe, expect, it } from 'vitest';
import { deploymentReconciler } from '#control/kube/deployment/reconcile-deployment.ts';
import { type KubePods, kubePods } from '#test/support/kube-pods.ts';
import { type KubeReply, type KubeWorld, kubeWorld } from '#test/support/kube-world.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const SETS = '/apis/apps/v1/namespaces/default/replicasets';
const MERGE = { 'content-type': 'application/merge-patch+json' };

const aDeployment = (spec: object = {}, image = 'app:1') => ({
  metadata: { name: 'web' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image }] } },
    ...spec,
  },
});

describe('deployments', () => {
  let kube: KubeWorld;
  let pods: KubePods;
  const web = async (): Promise<KubeReply['body']> => (await kube.send('GET', `${DEPLOYMENTS}/web`)).body;
  const sets = async (): Promise<readonly KubeReply['body'][]> =>
    (await kube.send('GET', SETS)).body.items.toSorted(
      (a: KubeReply['body'], b: KubeReply['body']) => revision(a) - revision(b),
    );
  const revision = ({ metadata }: KubeReply['body']): number =>
    Number(metadata.annotations['deployment.kubernetes.io/revision']);
  const sizes = async () => (await sets()).map(({ spec }) => spec.replicas);
  const change = async (spec: object) => {
    const answer = await kube.send('PATCH', `${DEPLOYMENTS}/web`, { spec }, MERGE);
    expect(answer.status).toBe(200);
  };
  const image = (name: string) => ({ template: { spec: { containers: [{ name: 'main', image: name }] } } });
  const progress = async () =>
    (await web()).status.conditions.find(({ type }: { type: string }) => type === 'Progressing');

  const create = async (deployment: object = aDeployment()): Promise<void> => {
    expect((await kube.send('POST', DEPLOYMENTS, deployment)).status).toBe(201);
    await kube.world.settle();
  };

  beforeEach(async () => {
    kube = await kubeWorld();
    pods = kubePods(kube);
  });

  it('a new one, makes a ReplicaSet and its pods, and is complete when they are ready', async () => {
    await create();
    expect(await pods.names()).toHaveLength(3);
    expect((await pods.names())[0]).toMatch(
      /^web-[bcdfghjklmnpqrstvwxz2456789]{1,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/,
    );
    expect(await progress()).toMatchObject({ status: 'True', reason: 'ReplicaSetUpdated' });
    await pods.allReady();
    expect((await web()).status).toMatchObject({
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
    });
    expect(await progress()).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
    expect((await web()).metadata.annotations['deployment.kubernetes.io/revision']).toBe('1');
  });

  it('a converged one, is reconciled without a write', async () => {
    await create();
    await pods.allReady();
    const { store } = kube.world;
    const before = store.feed.latest();
    await kube.world.sweep();
    await kube.world.settle();
    expect(store.feed.latest()).toBe(before);
  });

  it('workers that race, make one ReplicaSet and scale it once', async () => {
    await kube.send('POST', DEPLOYMENTS, aDeployment());
    const workers = ['a', 'b', 'c', 'd'].map((seed) => kube.world.anotherWorker(seed));
    const id = { cluster: 'default', resource: 'deployments.apps', namespace: 'default', name: 'web' };
    const race = () => Promise.all(workers.map((deps) => deploymentReconciler.reconcile(deps, id)));
    await race();
    expect(await sizes()).toEqual([3]);
    await pods.allReady();
    await change(image('app:2'));
    await race();
    expect(await sizes()).toEqual([3, 1]);
  });

  it('another image, rolls within surge and availability, and the old ReplicaSet stays empty for the history', async () => {
    await create(aDeployment({ replicas: 4 }));
    await pods.allReady();
    await change(image('app:2'));
    for (let round = 0; round < 12; round += 1) {
      await kube.world.settle();
      const active = (await pods.list()).filter(({ metadata }) => !metadata.deletionTimestamp);
      expect(active.length).toBeLessThanOrEqual(5);
      expect(active.filter(({ status }) => status?.phase === 'Running').length).toBeGreaterThanOrEqual(3);
      const waiting = active.find(({ status }) => status?.phase !== 'Running');
      if (waiting) await pods.ready(waiting.metadata.name);
    }
    expect(await sizes()).toEqual([0, 4]);
    expect((await pods.list()).map(({ spec }) => spec.containers[0].image)).toEqual(Array(4).fill('app:2'));
    expect((await web()).metadata.annotations['deployment.kubernetes.io/revision']).toBe('2');
  });

  it('the template of before, takes the old ReplicaSet up again as the newest revision', async () => {
    await create();
    await pods.allReady();
    await change(image('app:2'));
    await pods.allReady();
    await change(image('app:1'));
    await pods.allReady();
    expect((await sets()).map((set) => [revision(set), set.spec.replicas])).toEqual([
      [2, 0],
      [3, 3],
    ]);
    expect((await sets())[1].metadata.annotations['deployment.kubernetes.io/revision-history']).toBe('1');
  });

  it('Recreate, makes new pods only when the old ones are gone', async () => {
    await create(aDeployment({ strategy: { type: 'Recreate' } }));
    await pods.allReady();
    for (const name of await pods.names()) {
      await kube.send(
        'PATCH',
        `/api/v1/namespaces/default/pods/${name}`,
        { metadata: { finalizers: ['example.com/hold'] } },
        MERGE,
      );
    }
    await change(image('app:2'));
    await kube.world.settle();
    expect(await sizes()).toEqual([0]);
    expect(await pods.names()).toEqual([]);
    for (const { metadata } of await pods.list()) {
      await kube.send(
        'PATCH',
        `/api/v1/namespaces/default/pods/${metadata.name}`,
        { metadata: { finalizers: null } },
        MERGE,
      );
    }
    await pods.allReady();
    expect(await sizes()).toEqual([0, 3]);
  });

  it('scaled in the middle of a rollout, both ReplicaSets grow in proportion', async () => {
    await create(aDeployment({ replicas: 10, strategy: { rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } }));
    await pods.allReady();
    await change(image('app:2'));
    await kube.world.settle();
    expect(await sizes()).toEqual([8, 5]);
    await change({ replicas: 15 });
    await kube.world.settle();
    expect(await sizes()).toEqual([11, 7]);
  });

  it('paused, it scales and does not roll; resumed, it goes on', async () => {
    await create();
    await pods.allReady();
    await change({ paused: true });
    await change(image('app:2'));
    await change({ replicas: 5 });
    await pods.allReady();
    expect(await sizes()).toEqual([5]);
    expect(await progress()).toMatchObject({ status: 'Unknown', reason: 'DeploymentPaused' });
    await change({ paused: false });
    await pods.allReady();
    expect(await sizes()).toEqual([0, 5]);
    expect(await progress()).toMatchObject({ reason: 'NewReplicaSetAvailable' });
  });

  it('no progress for the deadline, is said; pods that become ready after all end it', async () => {
    await create(aDeployment({ progressDeadlineSeconds: 60 }));
    kube.world.advance(61_000);
    await kube.world.settle();
    expect(await progress()).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' });
    await pods.allReady();
    expect(await progress()).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
  });

  it('minReadySeconds, makes pods count as available only later', async () => {
    await create(aDeployment({ minReadySeconds: 30 }));
    await pods.allReady();
    expect((await web()).status).toMatchObject({ readyReplicas: 3, unavailableReplicas: 3 });
    kube.world.advance(31_000);
    await kube.world.settle();
    expect((await web()).status).toMatchObject({ availableReplicas: 3 });
  });

  it('more revisions than the history has room for, lose the oldest', async () => {
    await create(aDeployment({ revisionHistoryLimit: 1 }));
    for (const version of [2, 3, 4]) {
      await pods.allReady();
      await change(image(`app:${version}`));
    }
    await pods.allReady();
    expect((await sets()).map(revision)).toEqual([3, 4]);
  });

  it('paused at nothing and scaled, takes its last ReplicaSet up again although the history has no room for it', async () => {
    await create(aDeployment({ replicas: 0, revisionHistoryLimit: 0 }));
    await change({ paused: true });
    await change(image('app:2'));
    await kube.world.settle();
    await change({ replicas: 2 });
    await pods.allReady();
    expect(await pods.names()).toHaveLength((await sizes()).length === 0 ? 0 : 2);
  });

  it('scale, is a resource of its own that is read, patched and put, and a version in it is a condition', async () => {
    await create();
    const path = `${DEPLOYMENTS}/web/scale`;
    const { body: scale } = await kube.send('GET', path);
    expect(scale).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name: 'web' },
      spec: { replicas: 3 },
      status: { replicas: 3, selector: 'app=web' },
    });
    const patched = await kube.send('PATCH', path, { spec: { replicas: 5 } }, MERGE);
    expect(patched).toMatchObject({ status: 200, body: { kind: 'Scale', spec: { replicas: 5 } } });
    const stale = await kube.send('PUT', path, { ...scale, spec: { replicas: 1 } });
    expect(stale).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
    const { resourceVersion: _version, ...metadata } = scale.metadata;
    expect((await kube.send('PUT', path, { ...scale, metadata, spec: { replicas: 2 } })).status).toBe(200);
    await kube.world.settle();
    expect(await pods.names()).toHaveLength(2);
    expect((await kube.send('PATCH', path, { spec: { replicas: -1 } }, MERGE)).status).toBe(422);
  });

  it('deleted, takes its ReplicaSets and pods along; with Orphan they stay and another one adopts them', async () => {
    await create();
    await pods.allReady();
    const before = await pods.names();
    await kube.send('DELETE', `${DEPLOYMENTS}/web`, { propagationPolicy: 'Orphan' });
    await kube.world.settle();
    expect((await web()).reason).toBe('NotFound');
    expect(await pods.names()).toEqual(before);
    await create();
    expect(await pods.names()).toEqual(before);
    await kube.send('DELETE', `${DEPLOYMENTS}/web`);
    await kube.world.settle();
    expect([...(await pods.names()), ...(await sets())]).toEqual([]);
  });

  it.each([
    ['no selector', { selector: undefined }, 'spec.selector', 'Required value'],
    [
      'an empty selector',
      { selector: {} },
      'spec.selector',
      'Invalid value: {}: empty selector is invalid for deployment',
    ],
    [
      'another selector than its template',
      { selector: { matchLabels: { app: 'db' } } },
      'spec.template.metadata.labels',
      'Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ],
    [
      'fewer than no replicas',
      { replicas: -1 },
      'spec.replicas',
      'Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'a strategy nobody knows',
      { strategy: { type: 'Slow' } },
      'spec.strategy.type',
      'Unsupported value: "Slow": supported values: "Recreate", "RollingUpdate"',
    ],
    [
      'no way to roll',
      { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } },
      'spec.strategy.rollingUpdate.maxUnavailable',
      'Invalid value: "0%": may not be 0 when `maxSurge` is 0',
    ],
    [
      'a deadline that is too short',
      { progressDeadlineSeconds: 5, minReadySeconds: 5 },
      'spec.progressDeadlineSeconds',
      'Invalid value: 5: must be greater than minReadySeconds',
    ],
  ])('%s, is refused in the words of Kubernetes', async (_what, spec, field, message) => {
    const { status, body } = await kube.send('POST', DEPLOYMENTS, aDeployment(spec));
    expect({ status, cause: body.details?.causes?.[0] }).toMatchObject({ status: 422, cause: { field, message } });
  });

  it('another selector for one that stands, is refused', async () => {
    await create();
    const answer = await kube.send(
      'PATCH',
      `${DEPLOYMENTS}/web`,
      { spec: { selector: { matchLabels: { tier: 'x' } }, template: { metadata: { labels: { tier: 'x' } } } } },
      MERGE,
    );
    expect(answer).toMatchObject({ status: 422, body: { details: { causes: [{ field: 'spec.selector' }] } } });
    expect(answer.body.message).toContain('field is immutable');
  });
});
