import { describe, expect, it } from 'vitest';
import { base64OfText, textOfBase64 } from '#core/kube/base64.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { fillPod } from '#core/kube/pod/fill/fill-pod.ts';
import { expandVariables } from '#core/kube/pod/resolve/expand-variables.ts';
import { mapsOf } from '#core/kube/pod/resolve/maps.ts';
import { resolvePod } from '#core/kube/pod/resolve/resolve-pod.ts';
import { aPod } from '#test/support/a-pod.ts';

const SIZE = { cpu: 256, memory: 512 };
const map = (data: object): KubeObject => ({ ...aPod(), kind: 'ConfigMap', data });
const MAPS: Readonly<Record<string, KubeObject>> = {
  'configmap m': map({ COLOR: 'red', 'a b': 'x', file: 'text' }),
  'secret s': map({ password: base64OfText('geheim ✓') }),
};
const resolve = (spec: object, metadata = {}) =>
  resolvePod(fillPod(aPod(spec, metadata)), SIZE, ({ kind, name }) => MAPS[`${kind} ${name}`]);
const withEnv = (container: object, metadata = {}) => {
  const found = resolve({ containers: [{ name: 'web', image: 'nginx', ...container }] }, metadata);
  return found.kind === 'missing'
    ? found
    : Object.fromEntries((found.environments.get('web')?.values ?? []).map(({ name, value }) => [name, value]));
};
const volumes = (...list: readonly object[]) => {
  const found = resolve({ volumes: list }, { labels: { app: 'web' } });
  return found.kind === 'missing' ? found.message : found.run.volumes;
};

describe('variables of a container', () => {
  it('whole maps come first, single ones take their place and may speak of those before', () => {
    expect(
      withEnv({
        envFrom: [{ configMapRef: { name: 'm' }, prefix: '' }],
        env: [
          { name: 'COLOR', value: 'blue' },
          { name: 'P', valueFrom: { secretKeyRef: { name: 's', key: 'password' } } },
          { name: 'ALL', value: '$(COLOR) $(P) $(LATER) $$(COLOR)' },
          { name: 'LATER', value: '1' },
        ],
      }),
    ).toEqual({
      COLOR: 'blue',
      file: 'text',
      P: 'geheim ✓',
      ALL: 'blue geheim ✓ $(LATER) $(COLOR)',
      LATER: '1',
    });
  });

  it('fields of the pod and amounts of its containers, are looked up', () => {
    const field = (fieldPath: string) => ({ fieldRef: { fieldPath } });
    expect(
      withEnv(
        {
          resources: { limits: { cpu: '1500m' } },
          env: [
            { name: 'NS', valueFrom: field('metadata.namespace') },
            { name: 'APP', valueFrom: field("metadata.labels['app']") },
            { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
            { name: 'MILLI', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } },
            { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
          ],
        },
        { labels: { app: 'shop' } },
      ),
    ).toEqual({ NS: 'default', APP: 'shop', CPU: '2', MILLI: '1500', MEMORY: '512' });
  });

  it.each([
    [{ envFrom: [{ configMapRef: { name: 'none' } }] }, 'configmap "none" not found'],
    [{ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'none', key: 'k' } } }] }, 'secret "none" not found'],
    [
      { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'm', key: 'k' } } }] },
      `couldn't find key k in ConfigMap default/m`,
    ],
  ])('what is missing, is named and keeps the container from starting', (container, message) => {
    expect(withEnv(container)).toMatchObject({
      kind: 'missing',
      reason: 'CreateContainerConfigError',
      container: 'web',
      message,
    });
  });

  it('what is missing and optional, is left out', () => {
    const optional = { optional: true };
    expect(
      withEnv({
        envFrom: [{ secretRef: { name: 'none', ...optional } }],
        env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'm', key: 'k', ...optional } } }],
      }),
    ).toEqual({});
  });
});

describe('volumes of a pod', () => {
  it('each kind, has its files with their modes', () => {
    expect(
      volumes(
        { name: 'empty', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
        { name: 'map', configMap: { name: 'm', items: [{ key: 'file', path: 'etc/f', mode: 0o600 }] } },
        { name: 'secret', secret: { secretName: 's', defaultMode: 0o400 } },
        {
          name: 'all',
          projected: {
            sources: [
              { configMap: { name: 'm', items: [{ key: 'COLOR', path: 'x' }] } },
              { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
              { serviceAccountToken: { path: 'token' } },
            ],
          },
        },
      ),
    ).toEqual([
      { name: 'empty', inMemory: true, sizeLimit: 1_048_576, files: [] },
      { name: 'map', inMemory: false, files: [{ path: 'etc/f', content: base64OfText('text'), mode: 0o600 }] },
      {
        name: 'secret',
        inMemory: false,
        files: [{ path: 'password', content: base64OfText('geheim ✓'), mode: 0o400 }],
      },
      {
        name: 'all',
        inMemory: false,
        files: [
          { path: 'x', content: base64OfText('red'), mode: 0o644 },
          { path: 'labels', content: base64OfText('app="web"'), mode: 0o644 },
        ],
      },
    ]);
  });

  it('a map that is missing, is named with the volume', () => {
    expect(volumes({ name: 'v', configMap: { name: 'none' } })).toBe(
      'MountVolume.SetUp failed for volume "v" : configmap "none" not found',
    );
  });
});

describe('what a pod refers to', () => {
  it('every map, is named once', () => {
    const pod = aPod({
      containers: [{ name: 'web', envFrom: [{ configMapRef: { name: 'm' } }, { secretRef: { name: 's' } }] }],
      initContainers: [{ name: 'i', env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'm', key: 'k' } } }] }],
      volumes: [
        { name: 'v', secret: { secretName: 't' } },
        { name: 'p', projected: { sources: [{ secret: { name: 'u' } }] } },
      ],
    });
    expect(mapsOf(pod).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'configmap m',
      'secret s',
      'secret t',
      'secret u',
    ]);
  });

  it('base64 of any text, says the text again, and bytes that are no text do no harm', () => {
    for (const text of ['', 'a', 'ab', 'abc', 'ä€😀 x']) expect(textOfBase64(base64OfText(text))).toBe(text);
    expect(textOfBase64('/w==')).toBe('\uFFFD');
  });

  it('a doubled dollar sign, keeps a name from being looked up', () => {
    expect(expandVariables('$(A) $$(A) $A $(B', new Map([['A', '1']]))).toBe('1 $(A) $A $(B');
  });
});
