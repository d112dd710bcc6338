import { beforeEach, describe, expect, it } from 'vitest';
import { type KubeWorld, kubeWorld } from '#test/support/kube-world.ts';

const MERGE = { 'content-type': 'application/merge-patch+json' };
const MAPS = '/api/v1/namespaces/default/configmaps';
const aMap = (name: string, data: object = { a: 'b' }, labels: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels },
  data,
});

describe('objects of the Kubernetes face', () => {
  let kube: KubeWorld;

  beforeEach(async () => {
    kube = await kubeWorld();
  });

  it('a request without a credential, is 401 and reads nothing', async () => {
    const answer = await kube.send('GET', '/api/v1/namespaces', undefined, { authorization: '' });
    expect(answer).toMatchObject({ status: 401, body: { kind: 'Status', reason: 'Unauthorized', code: 401 } });
  });

  it('a token of another cluster, shows nothing of this one', async () => {
    const authorization = `Bearer ${await kube.token('other')}`;
    const { body } = await kube.send('GET', '/api/v1/namespaces', undefined, { authorization });
    expect(body.items).toEqual([]);
  });

  it('a created object, is read back with what only the server says', async () => {
    const made = await kube.send('POST', MAPS, aMap('one'));
    expect(made.status).toBe(201);
    expect(made.body.metadata).toMatchObject({ name: 'one', namespace: 'default', resourceVersion: '2' });
    expect(made.body.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect((await kube.send('GET', `${MAPS}/one`)).body).toEqual(made.body);
  });

  it('the same name again, is 409 AlreadyExists in the words of kubectl', async () => {
    await kube.send('POST', MAPS, aMap('one'));
    const again = await kube.send('POST', MAPS, aMap('one'));
    expect(again).toMatchObject({
      status: 409,
      body: {
        reason: 'AlreadyExists',
        message: 'configmaps "one" already exists',
        details: { name: 'one', kind: 'configmaps' },
      },
    });
  });

  it('a name that is none, is 422 with a cause for the field', async () => {
    const refused = await kube.send('POST', MAPS, aMap('One_'));
    expect(refused.status).toBe(422);
    expect(refused.body.details.causes).toMatchObject([{ field: 'metadata.name', reason: 'FieldValueInvalid' }]);
  });

  it('generateName, draws a name of its own each time', async () => {
    const map = { ...aMap(''), metadata: { generateName: 'run-' } };
    const names = await Promise.all([1, 2].map(async () => (await kube.send('POST', MAPS, map)).body.metadata.name));
    expect(new Set(names).size).toBe(2);
    expect(names[0]).toMatch(/^run-[a-z0-9]{5}$/);
  });

  it('a namespace that is not there, takes nothing', async () => {
    const refused = await kube.send('POST', '/api/v1/namespaces/nowhere/configmaps', aMap('one'));
    expect(refused).toMatchObject({ status: 404, body: { message: 'namespaces "nowhere" not found' } });
  });

  it('an update for an old version, is 409 Conflict and changes nothing', async () => {
    const { body: first } = await kube.send('POST', MAPS, aMap('one'));
    await kube.send('PUT', `${MAPS}/one`, { ...first, data: { a: '2' } });
    const late = await kube.send('PUT', `${MAPS}/one`, { ...first, data: { a: '3' } });
    expect(late).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
    expect(late.body.message).toContain('please apply your changes to the latest version and try again');
    expect((await kube.send('GET', `${MAPS}/one`)).body.data).toEqual({ a: '2' });
  });

  it('an update that changes nothing, makes no new version', async () => {
    const { body } = await kube.send('POST', MAPS, aMap('one'));
    const same = await kube.send('PUT', `${MAPS}/one`, body);
    expect(same.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion);
  });

  it.each([
    ['application/merge-patch+json', { data: { a: null, c: 'd' } }],
    ['application/strategic-merge-patch+json', { data: { a: null, c: 'd' } }],
    [
      'application/json-patch+json',
      [
        { op: 'remove', path: '/data/a' },
        { op: 'add', path: '/data/c', value: 'd' },
      ],
    ],
  ])('a patch of type %s, changes what it names', async (type, patch) => {
    await kube.send('POST', MAPS, aMap('one'));
    const { status, body } = await kube.send('PATCH', `${MAPS}/one`, patch, { 'content-type': type });
    expect({ status, data: body.data }).toEqual({ status: 200, data: { c: 'd' } });
  });

  it('dryRun=All, answers as if and writes nothing', async () => {
    expect((await kube.send('POST', `${MAPS}?dryRun=All`, aMap('one'))).status).toBe(201);
    expect((await kube.send('GET', `${MAPS}/one`)).status).toBe(404);
  });

  it('a deleted object, is gone and its Status names it', async () => {
    await kube.send('POST', MAPS, aMap('one'));
    const gone = await kube.send('DELETE', `${MAPS}/one`);
    expect(gone.body).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'one', kind: 'configmaps' },
    });
    expect((await kube.send('GET', `${MAPS}/one`)).status).toBe(404);
  });

  it('finalizers, hold a deleted object until the last of them is taken away', async () => {
    const held = { ...aMap('one'), metadata: { name: 'one', finalizers: ['example.com/hold'] } };
    await kube.send('POST', MAPS, held);
    const marked = await kube.send('DELETE', `${MAPS}/one`);
    expect(marked.body.metadata.deletionTimestamp).toBeTypeOf('string');
    await kube.send(
      'PATCH',
      `${MAPS}/one`,
      { metadata: { finalizers: null } },
      { 'content-type': 'application/merge-patch+json' },
    );
    expect((await kube.send('GET', `${MAPS}/one`)).status).toBe(404);
  });

  it('a namespace that is being deleted, takes nothing new', async () => {
    const spaces = '/api/v1/namespaces';
    await kube.send('POST', spaces, { metadata: { name: 'shop' } });
    const held = { metadata: { name: 'held', finalizers: ['example.com/hold'] } };
    await kube.send('POST', `${spaces}/shop/configmaps`, held);
    await kube.send('DELETE', `${spaces}/shop`);
    expect((await kube.send('GET', `${spaces}/shop`)).body.status).toEqual({ phase: 'Terminating' });
    const refused = await kube.send('POST', `${spaces}/shop/configmaps`, aMap('one'));
    expect(refused).toMatchObject({ status: 403, body: { reason: 'Forbidden' } });
  });

  it('a deleted namespace, goes with everything in it', async () => {
    const spaces = '/api/v1/namespaces';
    await kube.send('POST', spaces, { metadata: { name: 'shop' } });
    await kube.send('POST', `${spaces}/shop/configmaps`, aMap('one'));
    await kube.send('DELETE', `${spaces}/shop`);
    expect((await kube.send('GET', `${spaces}/shop`)).body.status).toEqual({ phase: 'Terminating' });
    await kube.world.settle();
    expect((await kube.send('GET', `${spaces}/shop`)).status).toBe(404);
    expect((await kube.send('GET', '/api/v1/configmaps')).body.items).toEqual([]);
  });

  it('a deleted namespace whose event was lost, is found by the sweep once nothing holds what is in it', async () => {
    const spaces = '/api/v1/namespaces';
    await kube.send('POST', spaces, { metadata: { name: 'shop' } });
    const held = { metadata: { name: 'held', finalizers: ['example.com/hold'] } };
    await kube.send('POST', `${spaces}/shop/configmaps`, held);
    await kube.send('DELETE', `${spaces}/shop`);
    await kube.world.settle();
    expect((await kube.send('GET', `${spaces}/shop`)).body.status).toMatchObject({ phase: 'Terminating' });
    await kube.send('PATCH', `${spaces}/shop/configmaps/held`, { metadata: { finalizers: null } }, MERGE);
    await kube.world.sweep();
    await kube.world.settle();
    expect((await kube.send('GET', `${spaces}/shop`)).status).toBe(404);
  });

  it('a secret, keeps stringData as base64 data', async () => {
    const secret = { metadata: { name: 's' }, stringData: { password: 'grün' } };
    const { body } = await kube.send('POST', '/api/v1/namespaces/default/secrets', secret);
    expect(body).toMatchObject({ type: 'Opaque', data: { password: Buffer.from('grün').toString('base64') } });
    expect(body).not.toHaveProperty('stringData');
  });

  it('a list in pages, shows each selected object once and ends', async () => {
    for (let number = 0; number < 7; number += 1) {
      await kube.send('POST', MAPS, aMap(`m-${number}`, {}, { odd: number % 2 === 1 ? 'yes' : 'no' }));
    }
    const names: string[] = [];
    let next = '';
    do {
      const page = await kube.send(
        'GET',
        `${MAPS}?labelSelector=odd%3Dno&limit=2&continue=${encodeURIComponent(next)}`,
      );
      names.push(...page.body.items.map((item: { metadata: { name: string } }) => item.metadata.name));
      next = page.body.metadata.continue ?? '';
    } while (next !== '');
    expect(names).toEqual(['m-0', 'm-2', 'm-4', 'm-6']);
  });

  it('a continue token of another listing, is 410 so that the client lists again', async () => {
    for (const name of ['a', 'b']) await kube.send('POST', MAPS, aMap(name));
    const { body } = await kube.send('GET', `${MAPS}?limit=1`);
    const token = encodeURIComponent(body.metadata.continue);
    const other = await kube.send('GET', `/api/v1/namespaces/default/secrets?limit=1&continue=${token}`);
    expect(other).toMatchObject({ status: 410, body: { reason: 'Expired' } });
  });

  it('a table, has the columns kubectl shows', async () => {
    await kube.send('POST', MAPS, aMap('one', { a: '1', b: '2' }));
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    const { body } = await kube.send('GET', MAPS, undefined, { accept });
    expect(body.columnDefinitions.map(({ name }: { name: string }) => name)).toEqual(['Name', 'Data', 'Age']);
    expect(body.rows[0].cells).toEqual(['one', 2, '0s']);
  });

  it.each([
    ['an unknown path', 'GET', '/api/v1/nothings', 404],
    ['an escaped slash in a name', 'GET', '/api/v1/namespaces/default%2Fx/configmaps', 404],
    ['a broken escape', 'GET', '/api/v1/namespaces/%E0%A4%A/configmaps', 404],
    ['a method that is not served', 'POST', '/api/v1/namespaces/default/configmaps/one', 405],
    ['an unknown field selector', 'GET', `${MAPS}?fieldSelector=spec.x%3D1`, 400],
    ['an unknown patch type', 'PATCH', `${MAPS}/one`, 415],
    ['a body that is no JSON', 'POST', MAPS, 400],
  ])('%s, is refused with a Status', async (_case, method, path, status) => {
    const answer = await kube.send(method, path, method === 'GET' ? undefined : '{', { 'content-type': 'text/x' });
    expect(answer).toMatchObject({ status, body: { kind: 'Status', status: 'Failure', code: status } });
  });
});
