import { beforeEach, describe, expect, it } from 'vitest';
import { type KubeReply, type KubeWorld, kubeWorld } from '#test/support/kube-world.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const MERGE = { 'content-type': 'application/merge-patch+json' };

const aMap = (data: object | undefined, metadata: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'one', ...metadata },
  ...(data && { data }),
});

const deployment = (spec: object): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec,
});
const SELECTOR = { selector: { matchLabels: { app: 'web' } } };
const template = (...containers: readonly object[]): object => ({
  template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
});

describe('server-side apply', () => {
  let kube: KubeWorld;
  const apply = (manager: string, object: object, query = '', path = `${MAPS}/one`): Promise<KubeReply> =>
    kube.send('PATCH', `${path}?fieldManager=${manager}${query}`, object, {
      'content-type': 'application/apply-patch+yaml',
    });
  const read = async (path = `${MAPS}/one`) => (await kube.send('GET', path)).body;
  const ownersOf = (object: { metadata: { managedFields?: readonly { manager: string; operation: string }[] } }) =>
    (object.metadata.managedFields ?? []).map(({ manager, operation }) => `${manager} ${operation}`);

  beforeEach(async () => {
    kube = await kubeWorld();
  });

  it('an object that is not there, is made and belongs to its manager', async () => {
    const { status, body } = await apply('one', aMap({ a: '1' }, { labels: { app: 'web' } }));
    expect(status).toBe(201);
    expect(body.metadata.managedFields).toEqual([
      {
        manager: 'one',
        operation: 'Apply',
        apiVersion: 'v1',
        time: body.metadata.creationTimestamp,
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:a': {} }, 'f:metadata': { 'f:labels': { 'f:app': {} } } },
      },
    ]);
  });

  it('the same applied again, changes nothing, not even the time', async () => {
    const first = await apply('one', aMap({ a: '1' }));
    kube.world.clock.advance(60_000);
    const again = await apply('one', aMap({ a: '1' }));
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(await read()).toEqual(first.body);
  });

  it('YAML, is applied as JSON is', async () => {
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata:\n  a: "1"\n';
    const { status, body } = await kube.send('PATCH', `${MAPS}/one?fieldManager=one`, yaml, {
      'content-type': 'application/apply-patch+yaml',
    });
    expect({ status, data: body.data }).toEqual({ status: 201, data: { a: '1' } });
  });

  it('what a manager applies no more, goes; what others have stays', async () => {
    await apply('one', aMap({ a: '1', b: '1' }));
    await apply('two', aMap({ c: '2', b: '1' }));
    await apply('one', aMap({ a: '2' }));
    expect((await read()).data).toEqual({ a: '2', b: '1', c: '2' });
    await apply('two', aMap(undefined));
    const left = await read();
    expect(left.data).toEqual({ a: '2' });
    expect(ownersOf(left)).toEqual(['one Apply']);
  });

  it('a field that another has otherwise, is 409 with a cause, and force takes it', async () => {
    await apply('one', aMap({ a: '1', b: '1' }));
    const refused = await apply('two', aMap({ a: '2' }));
    expect(refused).toMatchObject({
      status: 409,
      body: {
        reason: 'Conflict',
        message: 'Apply failed with 1 conflict: conflict with "one": .data.a',
        details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.a' }] },
      },
    });
    expect((await read()).data).toEqual({ a: '1', b: '1' });
    const forced = await apply('two', aMap({ a: '2' }), '&force=true');
    expect(forced.body.data).toEqual({ a: '2', b: '1' });
    const back = await apply('one', aMap({ a: '1', b: '1' }));
    expect(back.body.message).toBe('Apply failed with 1 conflict: conflict with "two": .data.a');
  });

  it('several conflicts, are told by manager', async () => {
    await kube.send('POST', `${MAPS}?fieldManager=hand`, aMap({ a: '1' }));
    await apply('one', aMap({ b: '1', c: '1' }));
    const { body } = await apply('two', aMap({ a: '2', b: '2', c: '2' }));
    expect(body.message).toBe(
      'Apply failed with 3 conflicts: conflicts with "hand" using v1:\n- .data.a\nconflicts with "one":\n- .data.b\n- .data.c',
    );
  });

  it('elements of a list with keys, have owners of their own', async () => {
    const path = `${DEPLOYMENTS}/web`;
    const main = { name: 'main', image: 'a:1', ports: [{ containerPort: 80 }] };
    await apply('one', deployment({ ...SELECTOR, ...template(main) }), '', path);
    await apply('two', deployment(template({ name: 'side', image: 'b:1' })), '', path);
    const both = await read(path);
    expect(both.spec.template.spec.containers).toMatchObject([{ name: 'main' }, { name: 'side' }]);
    const { body } = await apply('two', deployment(template({ name: 'main', image: 'a:2' })), '', path);
    expect(body.message).toBe(
      'Apply failed with 1 conflict: conflict with "one": .spec.template.spec.containers[name="main"].image',
    );
    await apply('two', deployment(template({ name: 'side', image: 'b:2' })), '', path);
    await apply('one', deployment({ ...SELECTOR, ...template({ name: 'main', image: 'a:1' }) }), '', path);
    const { containers } = (await read(path)).spec.template.spec;
    expect(containers.map(({ name, image }: Record<string, string>) => `${name} ${image}`)).toEqual([
      'main a:1',
      'side b:2',
    ]);
    expect(containers[0]).not.toHaveProperty('ports');
  });

  it('a list with the same key twice, cannot be applied', async () => {
    const twice = deployment({ ...SELECTOR, ...template({ name: 'a', image: 'x' }, { name: 'a', image: 'y' }) });
    const { status, body } = await apply('one', twice, '', `${DEPLOYMENTS}/web`);
    expect(status).toBe(422);
    expect(body.message).toContain('duplicate entries for key [name]');
  });

  it('changes by other ways, are recorded by who made them', async () => {
    const agent = { 'user-agent': 'kubectl/v1.33.1 (linux/amd64) kubernetes/abc' };
    await kube.send('POST', MAPS, aMap({ a: '1', b: '1' }), agent);
    await kube.send('PATCH', `${MAPS}/one?fieldManager=editor`, { data: { a: '2', b: null } }, MERGE);
    const { metadata } = await read();
    expect(metadata.managedFields).toMatchObject([
      { manager: 'editor', operation: 'Update', fieldsV1: { 'f:data': { 'f:a': {} } } },
    ]);
    await kube.send('PATCH', `${MAPS}/one?fieldManager=editor`, { metadata: { labels: { x: 'y' } } }, MERGE);
    await kube.send('PUT', `${MAPS}/one`, { ...(await read()), data: { a: '2', c: '3' } }, agent);
    expect(ownersOf(await read())).toEqual(['editor Update', 'kubectl Update']);
  });

  it('the status, has owners apart from those of the rest', async () => {
    const path = `${DEPLOYMENTS}/web`;
    await apply('one', deployment({ ...SELECTOR, ...template({ name: 'a', image: 'x' }) }), '', path);
    const status = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, status: { replicas: 1 } };
    const { body } = await apply('watcher', status, '', `${path}/status`);
    expect(body.metadata.managedFields).toMatchObject([
      { manager: 'one' },
      { manager: 'watcher', subresource: 'status', fieldsV1: { 'f:status': { 'f:replicas': {} } } },
    ]);
    expect(body).toMatchObject({ status: { replicas: 1 }, spec: SELECTOR });
    const unseen = { ...status, metadata: { name: 'none' } };
    expect((await apply('watcher', unseen, '', `${DEPLOYMENTS}/none/status`)).status).toBe(404);
  });

  it('managedFields sent as one empty entry, end the keeping of owners until somebody applies', async () => {
    await apply('one', aMap({ a: '1' }));
    await kube.send('PATCH', `${MAPS}/one`, { metadata: { managedFields: [] } }, MERGE);
    expect(ownersOf(await read())).toEqual(['one Apply']);
    await kube.send('PATCH', `${MAPS}/one`, { metadata: { managedFields: [{}] } }, MERGE);
    await kube.send('PATCH', `${MAPS}/one`, { data: { b: '1' } }, MERGE);
    expect(ownersOf(await read())).toEqual([]);
    const { body } = await apply('two', aMap({ a: '2' }));
    expect(body.message).toBe('Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a');
  });

  it('more than ten managers that update, are kept as ten', async () => {
    await kube.send('POST', `${MAPS}?fieldManager=m-0`, aMap({ k0: 'x' }));
    for (let number = 1; number < 15; number += 1) {
      kube.world.clock.advance(1_000);
      await kube.send('PATCH', `${MAPS}/one?fieldManager=m-${number}`, { data: { [`k${number}`]: 'x' } }, MERGE);
    }
    const owners = ownersOf(await read());
    expect(owners).toHaveLength(10);
    expect(owners).toContain('ancient-changes Update');
    expect(owners).toContain('m-14 Update');
  });

  it('dryRun=All, shows what would come of it and changes nothing', async () => {
    const before = (await apply('one', aMap({ a: '1' }))).body;
    expect((await apply('one', aMap({ a: '2' }), '&dryRun=All')).body.data).toEqual({ a: '2' });
    expect(await read()).toEqual(before);
    const unseen = await apply('one', aMap({}, { name: 'two' }), '&dryRun=All', `${MAPS}/two`);
    expect(unseen.status).toBe(201);
    expect((await kube.send('GET', `${MAPS}/two`)).status).toBe(404);
  });

  it.each<[string, string, object, number, string]>([
    ['without a manager', '', aMap({}), 422, 'fieldManager: Required value'],
    ['with managed fields', 'one', aMap({}, { managedFields: [] }), 400, 'metadata.managedFields must be nil'],
    ['of another name', 'one', aMap({}, { name: 'two' }), 400, 'does not match the name on the URL'],
    ['of another kind', 'one', { apiVersion: 'v1', kind: 'Secret' }, 400, 'cannot be handled as a ConfigMap'],
    ['of an old version', 'one', aMap({}, { resourceVersion: '1' }), 409, 'the object has been modified'],
    ['of a wrong type', 'one', aMap({ a: 1 }), 400, 'json: cannot unmarshal number'],
  ])('a configuration %s, is refused', async (_what, manager, config, status, message) => {
    await apply('first', aMap({ a: '1' }));
    const refused = await apply(manager, config);
    expect({ status: refused.status, message: refused.body.message }).toEqual({
      status,
      message: expect.stringContaining(message),
    });
  });

  it('force with another kind of patch, is 422', async () => {
    await apply('one', aMap({}));
    expect((await kube.send('PATCH', `${MAPS}/one?force=true`, {}, MERGE)).status).toBe(422);
  });

  it('appliers of one object at the same time, all have their fields in the end', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `m${index}`);
    const answers = await Promise.all(names.map((name) => apply(name, aMap({ [name]: 'x' }))));
    expect(answers.map(({ status }) => status).filter((status) => status === 201)).toHaveLength(1);
    expect(Object.keys((await read()).data).sort()).toEqual(names);
  });
});
