import { beforeEach, describe, expect, it } from 'vitest';
import { type KubeWorld, kubeWorld } from '#test/support/kube-world.ts';

const SHOP = '/api/v1/namespaces/shop';
const MERGE = { 'content-type': 'application/merge-patch+json' };

describe('deletion of a namespace', () => {
  let kube: KubeWorld;
  const make = (name: string, metadata: object = {}) =>
    kube.send('POST', `${SHOP}/configmaps`, { metadata: { name, ...metadata } });
  const conditions = async () =>
    Object.fromEntries(
      (await kube.send('GET', SHOP)).body.status.conditions.map(
        ({ type, status, message }: { type: string; status: string; message: string }) => [
          type,
          `${status} ${message}`,
        ],
      ),
    );

  beforeEach(async () => {
    kube = await kubeWorld();
    await kube.send('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
  });

  it('content that goes at once, is gone with the namespace in one step', async () => {
    for (let number = 0; number < 60; number += 1) await make(`map-${number}`);
    await kube.send('DELETE', SHOP);
    await kube.world.settle();
    expect((await kube.send('GET', SHOP)).status).toBe(404);
    expect((await kube.send('GET', '/api/v1/configmaps')).body.items).toEqual([]);
  });

  it('content of many kinds, with addresses and owners of its own, fits into the transactions it goes in', async () => {
    const services = Array.from({ length: 45 }, (_, number) => ({
      metadata: { name: `service-${number}` },
      spec: { ports: [{ port: 80 }] },
    }));
    for (const service of services) expect((await kube.send('POST', `${SHOP}/services`, service)).status).toBe(201);
    const { uid } = (await make('owner')).body.metadata;
    const owners = Array.from({ length: 8 }, (_, number) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'owner',
      uid: number === 0 ? uid : `other-${number}`,
    }));
    for (let number = 0; number < 20; number += 1) await make(`map-${number}`, { ownerReferences: owners });
    await kube.send('DELETE', SHOP);
    await kube.world.settle();
    expect((await kube.send('GET', SHOP)).status).toBe(404);
  });

  it('content that is held, is told of in the words of Kubernetes until it goes, and then once', async () => {
    await make('one', { finalizers: ['example.com/hold'] });
    await make('two', { finalizers: ['example.com/hold'] });
    await kube.send('DELETE', SHOP);
    await kube.world.settle();
    expect(await conditions()).toMatchObject({
      NamespaceContentRemaining: 'True Some resources are remaining: configmaps has 2 resource instances',
      NamespaceFinalizersRemaining:
        'True Some content in the namespace has finalizers remaining: example.com/hold in 2 resource instances',
      NamespaceDeletionContentFailure: 'False All content successfully deleted, may be waiting on finalization',
    });
    const before = kube.world.store.feed.latest();
    kube.world.advance(2_000);
    await kube.world.settle();
    expect(kube.world.store.feed.latest()).toBe(before);
    for (const name of ['one', 'two']) {
      await kube.send('PATCH', `${SHOP}/configmaps/${name}`, { metadata: { finalizers: null } }, MERGE);
    }
    kube.world.advance(2_000);
    await kube.world.settle();
    expect((await kube.send('GET', SHOP)).status).toBe(404);
  });
});
