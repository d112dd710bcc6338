import { beforeEach, describe, expect, it } from 'vitest';
import { RESOURCES } from '#core/kube/resources.ts';
import { type KubeWorld, kubeWorld } from '#test/support/kube-world.ts';

const V2 = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

describe('documents of the Kubernetes face', () => {
  let kube: KubeWorld;

  beforeEach(async () => {
    kube = await kubeWorld();
  });

  it('OpenAPI 2 asked for as kubectl asks, is protobuf that names every kind that is stored and its paths', async () => {
    const accept = `${V2}, application/json;q=0.5`;
    const { status, body } = await kube.send('GET', '/openapi/v2', undefined, { accept });
    expect(status).toBe(200);
    expect(body).toBeInstanceOf(Uint8Array);
    const text = new TextDecoder().decode(body);
    // Field 1 (swagger), three characters long.
    expect(text.startsWith('\n\x032.0')).toBe(true);
    for (const { group, version, kind, plural, isNamespaced } of RESOURCES) {
      expect(text).toContain(`[{"group":"${group}","version":"${version}","kind":"${kind}"}]\n`);
      const root = group === '' ? '/api' : `/apis/${group}`;
      expect(text).toContain(`${root}/${version}/${isNamespaced ? 'namespaces/{namespace}/' : ''}${plural}/{name}`);
    }
  });

  it('each document of OpenAPI 3, names only schemas it has, and is kept by the hash in the index', async () => {
    const { body: index } = await kube.send('GET', '/openapi/v3');
    expect(Object.keys(index.paths)).toContain('apis/apps/v1');
    for (const [path, { serverRelativeURL }] of Object.entries<{ serverRelativeURL: string }>(index.paths)) {
      const plain = await kube.send('GET', `/openapi/v3/${path}`);
      expect(plain.headers).not.toHaveProperty('cache-control');
      const { body, headers } = await kube.send('GET', serverRelativeURL);
      expect(body).toEqual(plain.body);
      expect(headers['cache-control']).toContain('max-age=31536000');
      expect(serverRelativeURL).toMatch(/\?hash=[0-9A-F]{32}$/);
      const names = [...JSON.stringify(body).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
      expect(names.length).toBeGreaterThan(0);
      expect(Object.keys(body.components.schemas)).toEqual(expect.arrayContaining(names));
    }
  });

  it('OpenAPI 3 of pods, says how lists are merged and what is required', async () => {
    const { body } = await kube.send('GET', '/openapi/v3/api/v1');
    const { properties, required } = body.components.schemas['io.k8s.api.core.v1.PodSpec'];
    expect(required).toEqual(['containers']);
    expect(properties.containers).toEqual({
      type: 'array',
      items: { allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.Container' }] },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    });
  });

  it('OpenAPI 2 asked for as JSON, is 406 NotAcceptable', async () => {
    const { status, body } = await kube.send('GET', '/openapi/v2', undefined, { accept: 'application/json' });
    expect(status).toBe(406);
    expect(body).toMatchObject({ kind: 'Status', reason: 'NotAcceptable' });
  });
});
