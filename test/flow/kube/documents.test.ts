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
    for (const { group, version, kind, plural, isNamespaced } of RESOURCES.filter(({ view }) => !view)) {
      expect(text).toContain(`- group: "${group}"\n  kind: ${kind}\n  version: ${version}\n`);
      const root = group === '' ? '/api' : `/apis/${group}`;
      expect(text).toContain(`${root}/${version}/${isNamespaced ? 'namespaces/{namespace}/' : ''}${plural}/{name}`);
    }
  });

  it('OpenAPI 2 asked for as JSON, is 406 NotAcceptable', async () => {
    const { status, body } = await kube.send('GET', '/openapi/v2', undefined, { accept: 'application/json' });
    expect(status).toBe(406);
    expect(body).toMatchObject({ kind: 'Status', reason: 'NotAcceptable' });
  });
});
