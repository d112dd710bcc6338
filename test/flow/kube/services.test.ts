import { beforeEach, describe, expect, it } from 'vitest';
import { updateObject } from '#control/kube/update-object.ts';
import type { RawObject } from '#core/kube/object.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import { type KubeWorld, kubeWorld } from '#test/support/kube-world.ts';

const SERVICES = '/api/v1/namespaces/default/services';
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
const PODS = '/api/v1/namespaces/default/pods';
const MERGE = { 'content-type': 'application/merge-patch+json' };
const aService = (name: string, spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }], ...spec },
});

describe('services', () => {
  let kube: KubeWorld;
  const service = async (name: string, spec?: object) => (await kube.send('POST', SERVICES, aService(name, spec))).body;

  beforeEach(async () => {
    kube = await kubeWorld();
  });

  it('a service, is filled as Kubernetes fills it and has an address of its own', async () => {
    const [web, db] = [await service('web'), await service('db')];
    expect(web.spec).toMatchObject({
      type: 'ClusterIP',
      clusterIP: expect.stringMatching(/^10\.(9[6-9]|10\d|11[01])\.\d+\.\d+$/),
      clusterIPs: [web.spec.clusterIP],
      sessionAffinity: 'None',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
      ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }],
    });
    expect(web.status).toEqual({ loadBalancer: {} });
    expect(db.spec.clusterIP).not.toBe(web.spec.clusterIP);
  });

  it('many of them, never share an address', async () => {
    const made = await Promise.all(Array.from({ length: 60 }, (_, index) => service(`s${index}`)));
    expect(new Set(made.map(({ spec }) => spec.clusterIP)).size).toBe(60);
  });

  it('an update that does not name the address, keeps it', async () => {
    const web = await service('web', { clusterIP: '10.96.7.7' });
    const { status, body } = await kube.send('PUT', `${SERVICES}/web`, aService('web', { ports: [{ port: 81 }] }));
    expect({ status, ip: body.spec.clusterIP, ports: body.spec.ports }).toEqual({
      status: 200,
      ip: web.spec.clusterIP,
      ports: [{ port: 81, targetPort: 81, protocol: 'TCP' }],
    });
  });

  it('an address that is asked for and taken, is refused until its service is gone', async () => {
    await service('web', { clusterIP: '10.96.7.7' });
    const refused = await kube.send('POST', SERVICES, aService('db', { clusterIP: '10.96.7.7' }));
    expect(refused).toMatchObject({ status: 422, body: { reason: 'Invalid' } });
    expect(refused.body.message).toContain('provided IP is already allocated');
    await kube.send('DELETE', `${SERVICES}/web`);
    expect((await kube.send('POST', SERVICES, aService('db', { clusterIP: '10.96.7.7' }))).status).toBe(201);
  });

  it('two that ask for the same address at once, do not both get it', async () => {
    const asked = { clusterIP: '10.96.8.8' };
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((name) => kube.send('POST', SERVICES, aService(name, asked))),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 422, 422]);
  });

  it('one that becomes an alias and then another service again, gives its address up and takes one', async () => {
    await service('web', { clusterIP: '10.96.7.7' });
    const alias = { spec: { type: 'ExternalName', externalName: 'example.com', clusterIP: null, clusterIPs: null } };
    expect((await kube.send('PATCH', `${SERVICES}/web`, alias, MERGE)).status).toBe(200);
    expect((await kube.send('POST', SERVICES, aService('db', { clusterIP: '10.96.7.7' }))).status).toBe(201);
    const back = { spec: { type: 'ClusterIP', externalName: null } };
    const { body } = await kube.send('PATCH', `${SERVICES}/web`, back, MERGE);
    expect(body.spec.clusterIP).toMatch(/^10\./);
  });

  it.each([
    ['another address', { spec: { clusterIP: '10.96.9.9', clusterIPs: ['10.96.9.9'] } }, 'field is immutable'],
    ['no ports', { spec: { ports: [] } }, 'spec.ports: Required value'],
    ['a port of the node', { spec: { ports: [{ port: 80, nodePort: 30_080 }] } }, 'may not be used when `type` is'],
    ['an unknown type', { spec: { type: 'Magic' } }, 'spec.type: Unsupported value'],
    ['two ports without names', { spec: { ports: [{ port: 80 }, { port: 81 }] } }, 'spec.ports[0].name: Required'],
    [
      'one port twice',
      {
        spec: {
          ports: [
            { name: 'a', port: 80 },
            { name: 'b', port: 80 },
          ],
        },
      },
      'Duplicate value',
    ],
    ['IPv6', { spec: { ipFamilies: ['IPv6'] } }, 'not configured on this cluster'],
  ])('a change to %s, is 422', async (_name, patch, words) => {
    await service('web');
    const { status, body } = await kube.send('PATCH', `${SERVICES}/web`, patch, MERGE);
    expect(status).toBe(422);
    expect(body.message).toContain(words);
  });

  it('a load balancer, is recorded and stays without an address, as nobody makes one', async () => {
    const made = await service('web', { type: 'LoadBalancer', ports: [{ port: 80, nodePort: 30_080 }] });
    expect(made.spec).toMatchObject({ externalTrafficPolicy: 'Cluster', ports: [{ nodePort: 30_080 }] });
    await kube.world.settle();
    expect((await kube.send('GET', `${SERVICES}/web`)).body.status).toEqual({ loadBalancer: {} });
  });

  it('a headless one, has no address and needs none', async () => {
    const made = await service('web', { clusterIP: 'None', ports: undefined });
    expect(made.spec).toMatchObject({ clusterIP: 'None', clusterIPs: ['None'] });
    expect((await service('db', { clusterIP: 'None' })).spec.clusterIP).toBe('None');
  });

  it('the service of the API, is there from the beginning', async () => {
    const { body } = await kube.send('GET', `${SERVICES}/kubernetes`);
    expect(body.spec).toMatchObject({ clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443 }] });
  });
});

describe('endpoint slices', () => {
  let kube: KubeWorld;
  let number = 0;

  beforeEach(async () => {
    kube = await kubeWorld();
    number = 0;
  });

  const aPod = async (name: string, labels: object = { app: 'web' }, ports?: object[]): Promise<void> => {
    const containers = [{ name: 'c', image: 'nginx', ...(ports && { ports }) }];
    const made = await kube.send('POST', PODS, { metadata: { name, labels }, spec: { containers } });
    expect(made.status).toBe(201);
    number += 1;
    await podStatus(name, {
      podIP: `10.0.0.${number}`,
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
    });
  };
  const podStatus = (name: string, status: object) => {
    const target = { cluster: 'default', resource: resourceNamed('pods'), namespace: 'default', name };
    const change = (before: object): RawObject => ({ ...before, status }) as RawObject;
    return updateObject(kube.world.deps, { ...target, subresource: 'status' }, change, { isDryRun: false });
  };
  const slices = async () => {
    // Pods wake services a second later, so that a crowd of them wakes each once.
    await kube.world.settle();
    kube.world.advance(1_000);
    await kube.world.settle();
    return (await kube.send('GET', SLICES)).body.items;
  };
  const addresses = async () =>
    (await slices()).flatMap(
      ({ endpoints }: { endpoints: { addresses: string[]; conditions: { ready: boolean } }[] }) =>
        endpoints.filter(({ conditions }) => conditions.ready).map((endpoint) => endpoint.addresses[0]),
    );

  it('pods that are ready and selected, are in the slices of their service', async () => {
    const web = (await kube.send('POST', SERVICES, aService('web'))).body;
    await aPod('web-1');
    await aPod('web-2');
    await aPod('db-1', { app: 'db' });
    const [slice, ...others] = await slices();
    expect(others).toEqual([]);
    expect(slice).toMatchObject({
      addressType: 'IPv4',
      metadata: {
        labels: { 'kubernetes.io/service-name': 'web' },
        ownerReferences: [{ kind: 'Service', uid: web.metadata.uid, controller: true }],
      },
      ports: [{ name: '', port: 8080, protocol: 'TCP' }],
      endpoints: [
        {
          addresses: ['10.0.0.1'],
          conditions: { ready: true, serving: true, terminating: false },
          targetRef: { name: 'web-1' },
        },
        { addresses: ['10.0.0.2'], targetRef: { name: 'web-2' } },
      ],
    });
  });

  it('a pod that is no longer ready, ends or goes, is taken out', async () => {
    await kube.send('POST', SERVICES, aService('web'));
    await aPod('web-1');
    await aPod('web-2');
    expect(await addresses()).toEqual(['10.0.0.1', '10.0.0.2']);
    await podStatus('web-1', { podIP: '10.0.0.1', phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] });
    expect(await addresses()).toEqual(['10.0.0.2']);
    await podStatus('web-2', { podIP: '10.0.0.2', phase: 'Succeeded' });
    expect(await addresses()).toEqual([]);
  });

  it('a named port, is the one each pod gives that name', async () => {
    await kube.send('POST', SERVICES, aService('web', { ports: [{ port: 80, targetPort: 'http' }] }));
    await aPod('old', { app: 'web' }, [{ name: 'http', containerPort: 8080 }]);
    await aPod('new', { app: 'web' }, [{ name: 'http', containerPort: 9090 }]);
    const found = (await slices()).map((slice: { ports: { port: number }[] }) => slice.ports[0]?.port);
    expect(found.toSorted()).toEqual([8080, 9090]);
  });

  it('a service nothing changed for, costs no write however often it is looked at', async () => {
    await kube.send('POST', SERVICES, aService('web'));
    await aPod('web-1');
    await slices();
    const before = kube.world.store.feed.latest();
    await kube.world.deps.queue.send([
      { work: { kind: 'object', cluster: 'default', resource: 'services', namespace: 'default', name: 'web' } },
    ]);
    await slices();
    expect(kube.world.store.feed.latest()).toBe(before);
  });

  it('the slow sweep, finds a pod whose labels took it away from its service', async () => {
    await kube.send('POST', SERVICES, aService('web'));
    await aPod('web-1');
    expect(await addresses()).toEqual(['10.0.0.1']);
    await kube.send('PATCH', `${PODS}/web-1`, { metadata: { labels: { app: 'aside' } } }, MERGE);
    const now = kube.world.clock.now();
    kube.world.advance(Math.ceil(now / 300_000) * 300_000 - now);
    await kube.world.sweep();
    expect(await addresses()).toEqual([]);
  });

  it('a deleted service, takes its slices along', async () => {
    await kube.send('POST', SERVICES, aService('web'));
    await aPod('web-1');
    expect(await slices()).toHaveLength(1);
    await kube.send('DELETE', `${SERVICES}/web`);
    expect(await slices()).toEqual([]);
  });

  it('slices of somebody else, are left alone', async () => {
    const labels = { 'kubernetes.io/service-name': 'web', 'endpointslice.kubernetes.io/managed-by': 'me' };
    await kube.send('POST', SLICES, { metadata: { name: 'mine', labels }, addressType: 'IPv4', endpoints: [] });
    await kube.send('POST', SERVICES, aService('web'));
    await slices();
    await kube.send('DELETE', `${SERVICES}/web`);
    expect((await slices()).map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual(['mine']);
  });

  it('an address type that changes, is 422', async () => {
    await kube.send('POST', SLICES, { metadata: { name: 'mine' }, addressType: 'IPv4', endpoints: [] });
    const changed = await kube.send('PATCH', `${SLICES}/mine`, { addressType: 'IPv6' }, MERGE);
    expect(changed.status).toBe(422);
  });
});

describe('disruption budgets', () => {
  const BUDGETS = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
  const SETS = '/apis/apps/v1/namespaces/default/replicasets';

  it('a budget, counts the pods it is about against what their controllers ask for', async () => {
    const kube = await kubeWorld();
    const labels = { app: 'web' };
    const selector = { matchLabels: labels };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
    const target = { cluster: 'default', resource: resourceNamed('pods'), namespace: 'default', subresource: 'status' };
    // A set that is being deleted is nobody's to fill up.
    const metadata = { name: 'web', finalizers: ['example.com/hold'] };
    const set = await kube.send('POST', SETS, { metadata, spec: { replicas: 3, selector, template } });
    const { uid } = set.body.metadata;
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid, controller: true };
    for (const name of ['web-1', 'web-2']) {
      await kube.send('POST', PODS, { metadata: { name, labels, ownerReferences: [owner] }, spec: template.spec });
      const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
      const change = (before: object): RawObject => ({ ...before, status: ready }) as RawObject;
      await updateObject(kube.world.deps, { ...target, name }, change, { isDryRun: false });
    }
    await kube.send('POST', BUDGETS, { metadata: { name: 'web' }, spec: { maxUnavailable: 2, selector } });
    const work = {
      kind: 'object',
      cluster: 'default',
      resource: 'poddisruptionbudgets.policy',
      namespace: 'default',
      name: 'web',
    } as const;
    await kube.world.deps.queue.send([{ work }]);
    await kube.world.settle();
    const { status } = (await kube.send('GET', `${BUDGETS}/web`)).body;
    expect(status).toMatchObject({
      expectedPods: 3,
      currentHealthy: 2,
      desiredHealthy: 1,
      disruptionsAllowed: 1,
      observedGeneration: 1,
      conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }],
    });
    const before = kube.world.store.feed.latest();
    await kube.world.deps.queue.send([{ work }]);
    await kube.world.settle();
    expect(kube.world.store.feed.latest()).toBe(before);
  });
});

describe('what a cluster begins with', () => {
  const ACCOUNTS = '/api/v1/namespaces/default/serviceaccounts';

  it('priority classes, are there and read only', async () => {
    const kube = await kubeWorld();
    const { body } = await kube.send('GET', '/apis/scheduling.k8s.io/v1/priorityclasses');
    expect(body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual([
      'system-cluster-critical',
      'system-node-critical',
    ]);
    const own = await kube.send('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', { metadata: { name: 'mine' } });
    expect(own.status).toBe(405);
  });

  it('every namespace, has its default account, also after it was deleted', async () => {
    const kube = await kubeWorld();
    await kube.world.settle();
    await kube.send('POST', '/api/v1/namespaces', { metadata: { name: 'team' } });
    await kube.world.settle();
    expect((await kube.send('GET', '/api/v1/namespaces/team/serviceaccounts/default')).status).toBe(200);
    await kube.send('DELETE', `${ACCOUNTS}/default`);
    await kube.world.settle();
    expect((await kube.send('GET', `${ACCOUNTS}/default`)).status).toBe(200);
  });

  it('a namespace that goes, takes its default account along and gets no other', async () => {
    const kube = await kubeWorld();
    await kube.send('POST', '/api/v1/namespaces', { metadata: { name: 'team' } });
    await kube.world.settle();
    await kube.send('DELETE', '/api/v1/namespaces/team');
    await kube.world.settle();
    expect((await kube.send('GET', '/api/v1/namespaces/team')).status).toBe(404);
    expect((await kube.send('GET', '/api/v1/namespaces/team/serviceaccounts')).body.items).toEqual([]);
  });
});
