import { beforeEach, describe, expect, it } from 'vitest';
import { type KubeReply, type KubeWorld, kubeWorld } from '#test/support/kube-world.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const deployment = (spec: object): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a', image: 'nginx' }] } },
    ...spec,
  },
});
const TWICE = '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"m"},"data":{"a":"1","a":"2"}}';
const YAML_TWICE = 'metadata: {name: m}\ndata:\n  a: "1"\n  a: "2"\nmore: x\n';

describe('field validation of the Kubernetes face', () => {
  let kube: KubeWorld;
  const post = (path: string, body: unknown, headers = {}): Promise<KubeReply> =>
    kube.send('POST', path, body, headers);

  beforeEach(async () => {
    kube = await kubeWorld();
  });

  it('Strict, refuses what nobody knows in the words of kubectl and makes nothing', async () => {
    const sent = deployment({ template: { spec: { containers: [{ imagee: 'x' }] } }, foo: 1 });
    const refused = await post(`${DEPLOYMENTS}?fieldValidation=Strict`, sent);
    expect(refused).toMatchObject({ status: 400, body: { reason: 'BadRequest' } });
    expect(refused.body.message).toBe(
      'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: ' +
        'unknown field "spec.template.spec.containers[0].imagee", unknown field "spec.foo"',
    );
    expect((await kube.send('GET', `${DEPLOYMENTS}/web`)).status).toBe(404);
  });

  it('Strict, refuses a member that stands twice, in JSON and in YAML', async () => {
    const json = await post(`${MAPS}?fieldValidation=Strict`, TWICE);
    expect(json.body.message).toContain('strict decoding error: duplicate field "data.a"');
    const yaml = await post(`${MAPS}?fieldValidation=Strict`, YAML_TWICE, { 'content-type': 'application/yaml' });
    expect(yaml.body.message).toContain('duplicate field "data.a", unknown field "more"');
  });

  it.each(['', '?fieldValidation=Warn'])('a request with "%s", is done with warnings', async (query) => {
    const { status, body, headers } = await post(`${MAPS}${query}`, YAML_TWICE, { 'content-type': 'application/yaml' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ data: { a: '2' } });
    expect(body).not.toHaveProperty('more');
    expect(headers['warning']).toBe('299 - "duplicate field \\"data.a\\"", 299 - "unknown field \\"more\\""');
  });

  it('Ignore, says nothing', async () => {
    const { status, headers } = await post(`${MAPS}?fieldValidation=Ignore`, TWICE);
    expect({ status, warning: headers['warning'] }).toEqual({ status: 201, warning: undefined });
  });

  it.each(['Strict', 'Warn', 'Ignore'])('a value of a wrong type with %s, is refused with its path', async (mode) => {
    const refused = await post(`${DEPLOYMENTS}?fieldValidation=${mode}`, deployment({ replicas: 'three' }));
    expect(refused.status).toBe(400);
    expect(refused.body.message).toBe(
      'Deployment in version "v1" cannot be handled as a Deployment: ' +
        'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    );
  });

  it('another mode, is 422', async () => {
    const refused = await post(`${MAPS}?fieldValidation=Loose`, { metadata: { name: 'm' } });
    expect(refused).toMatchObject({ status: 422, body: { details: { causes: [{ field: 'fieldValidation' }] } } });
  });

  it('names that no header can carry, are shown as far as it can', async () => {
    const { headers } = await post(MAPS, { metadata: { name: 'm' }, 'ü"\r\nX: y': 1 });
    expect(headers['warning']).toBe('299 - "unknown field \\"?\\"??X: y\\""');
  });

  it.each([
    ['application/merge-patch+json', { data: { b: '2' }, more: 1 }],
    ['application/strategic-merge-patch+json', { data: { b: '2' }, more: 1 }],
    [
      'application/json-patch+json',
      [
        { op: 'add', path: '/more', value: 1 },
        { op: 'add', path: '/data', value: { b: '2' } },
      ],
    ],
  ])('a patch of type %s, is checked by what comes of it', async (type, patch) => {
    await post(MAPS, { metadata: { name: 'm' } });
    const send = (mode: string) =>
      kube.send('PATCH', `${MAPS}/m?fieldValidation=${mode}`, patch, { 'content-type': type });
    const strict = await send('Strict');
    expect(strict.status).toBe(400);
    expect(strict.body.message).toContain('strict decoding error: unknown field "more"');
    const warned = await send('Warn');
    expect(warned.headers['warning']).toBe('299 - "unknown field \\"more\\""');
    expect(warned.body.data).toEqual({ b: '2' });
  });

  it('YAML of half a megabyte, is refused by its length; JSON in its place is read', async () => {
    const headers = { 'content-type': 'application/yaml' };
    const long = await post(MAPS, `data:\n${'  a: b\n'.repeat(80_000)}`, headers);
    expect(long).toMatchObject({ status: 413, body: { reason: 'RequestEntityTooLarge' } });
    const json = JSON.stringify({
      metadata: { name: 'json' },
      data: { a: 'x'.repeat(200_000), b: ' '.repeat(110_000) },
    });
    expect((await post(MAPS, json, headers)).status).toBe(201);
  });
});
