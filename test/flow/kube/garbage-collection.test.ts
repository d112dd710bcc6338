import { beforeEach, describe, expect, it } from 'vitest';
import { type KubeReply, type KubeWorld, kubeWorld } from '#test/support/kube-world.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const MERGE = { 'content-type': 'application/merge-patch+json' };

type Meta = KubeReply['body'];

describe('garbage collection', () => {
  let kube: KubeWorld;
  const names = async (path = MAPS): Promise<readonly string[]> =>
    (await kube.send('GET', path)).body.items.map(({ metadata }: { metadata: Meta }) => metadata.name);
  const make = async (name: string, metadata: object = {}, path = MAPS): Promise<Meta> => {
    const { status, body } = await kube.send('POST', path, { metadata: { name, ...metadata } });
    expect(status).toBe(201);
    return body.metadata;
  };
  const ref = ({ name, uid }: Meta, more: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, uid, ...more });
  const remove = (name: string, propagationPolicy?: string) =>
    kube.send('DELETE', `${MAPS}/${name}`, propagationPolicy && { propagationPolicy });

  beforeEach(async () => {
    kube = await kubeWorld();
  });

  it('an owner that is deleted, takes what it owns along, and what that owns', async () => {
    const top = await make('top');
    const middle = await make('middle', { ownerReferences: [ref(top)] });
    await make('low', { ownerReferences: [ref(middle)] });
    await kube.world.settle();
    expect(await names()).toEqual(['low', 'middle', 'top']);
    await remove('top');
    await kube.world.settle();
    expect(await names()).toEqual([]);
  });

  it('an owner that is deleted with Orphan, stays until its dependents know it no longer, and they stay', async () => {
    const top = await make('top');
    await make('low', { ownerReferences: [ref(top)] });
    expect((await remove('top', 'Orphan')).body.metadata.finalizers).toEqual(['orphan']);
    await kube.world.settle();
    expect(await names()).toEqual(['low']);
    expect((await kube.send('GET', `${MAPS}/low`)).body.metadata.ownerReferences).toBeUndefined();
  });

  it('an owner that is deleted in the foreground, goes after what blocks it', async () => {
    const top = await make('top');
    await make('low', { ownerReferences: [ref(top, { blockOwnerDeletion: true })], finalizers: ['example.com/hold'] });
    await make('beside', { ownerReferences: [ref(top)] });
    await remove('top', 'Foreground');
    await kube.world.settle();
    expect(await names()).toEqual(['low', 'top']);
    await kube.send('PATCH', `${MAPS}/low`, { metadata: { finalizers: null } }, MERGE);
    kube.world.advance(2_000);
    await kube.world.settle();
    expect(await names()).toEqual([]);
  });

  it('an object whose other owner stands, stays and forgets the one that went', async () => {
    const one = await make('one');
    const two = await make('two');
    await make('low', { ownerReferences: [ref(one), ref(two)] });
    await remove('one');
    await kube.world.settle();
    expect((await kube.send('GET', `${MAPS}/low`)).body.metadata.ownerReferences).toEqual([ref(two)]);
    await remove('two');
    await kube.world.settle();
    expect(await names()).toEqual([]);
  });

  it('an object that names an owner nobody has, goes', async () => {
    await make('low', { ownerReferences: [ref({ name: 'nobody', uid: 'made-up' })] });
    await kube.world.settle();
    expect(await names()).toEqual([]);
  });

  it('an owner of that name with another uid, is another owner', async () => {
    const top = await make('top');
    await remove('top');
    await make('top');
    await make('low', { ownerReferences: [ref(top)] });
    await kube.world.settle();
    expect(await names()).toEqual(['top']);
  });

  it('an owner of another namespace, is none', async () => {
    await kube.send('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
    const top = await make('top');
    await make('low', { ownerReferences: [ref(top)] }, '/api/v1/namespaces/shop/configmaps');
    await kube.world.settle();
    expect(await names('/api/v1/namespaces/shop/configmaps')).toEqual([]);
  });

  it('an owner outside of namespaces, takes what it owns in them along', async () => {
    const node = (await kube.send('POST', '/api/v1/nodes', { metadata: { name: 'machine' } })).body.metadata;
    const owner = { apiVersion: 'v1', kind: 'Node', name: 'machine', uid: node.uid };
    await make('low', { ownerReferences: [owner] });
    await kube.world.settle();
    expect(await names()).toEqual(['low']);
    await kube.send('DELETE', '/api/v1/nodes/machine');
    await kube.world.settle();
    expect(await names()).toEqual([]);
  });

  it('an owner of a kind nobody knows, is believed', async () => {
    const owner = { apiVersion: 'example.com/v1', kind: 'Shop', name: 'a', uid: 'b' };
    await make('low', { ownerReferences: [owner] });
    await kube.world.settle();
    expect(await names()).toEqual(['low']);
  });

  it('a deletion nobody was told of, is found by the sweep', async () => {
    const top = await make('top');
    await make('low', { ownerReferences: [ref(top)] });
    await kube.world.settle();
    await remove('top');
    kube.world.loseChanges();
    await kube.world.settle();
    expect(await names()).toEqual(['low']);
    await kube.world.sweep();
    await kube.world.settle();
    expect(await names()).toEqual([]);
  });

  it('a hundred dependents, go in few transactions', async () => {
    const top = await make('top');
    await Promise.all(
      Array.from({ length: 100 }, (_, number) => make(`low-${number}`, { ownerReferences: [ref(top)] })),
    );
    await kube.world.settle();
    await remove('top');
    await kube.world.settle();
    expect(await names()).toEqual([]);
  });

  it.each([
    [
      'two controllers',
      [ref({ name: 'a', uid: 'a' }, { controller: true }), ref({ name: 'b', uid: 'b' }, { controller: true })],
    ],
    ['no uid', [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a' }]],
    ['too many', Array.from({ length: 17 }, (_, uid) => ref({ name: 'a', uid: String(uid) }))],
  ])('owner references with %s, are refused', async (_what, ownerReferences) => {
    const { status } = await kube.send('POST', MAPS, { metadata: { name: 'low', ownerReferences } });
    expect(status).toBe(422);
  });

  it('owner references that are no list, are no object of the kind', async () => {
    const sent = { metadata: { name: 'low', ownerReferences: 'a' } };
    expect((await kube.send('POST', MAPS, sent)).status).toBe(400);
  });
});
