import { describe, expect, it } from 'vitest';
import type { Json } from '#core/json.ts';
import { jsonPatch } from '#core/kube/patch/json-patch.ts';
import { mergePatch } from '#core/kube/patch/merge-patch.ts';
import { strategicMerge as mergeAs } from '#core/kube/patch/strategic-merge.ts';
import { typeNamed } from '#core/kube/schema/schema.ts';

describe('JSON merge patch', () => {
  it.each<[Json, Json, Json]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j, becomes what RFC 7386 says', (target, patch, expected) => {
    expect(mergePatch(target, patch)).toEqual(expected);
  });

  it('a member called __proto__, is a member like any other', () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}') as Json);
    expect(Object.keys(merged as object)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('JSON patch', () => {
  it.each<[Json, Json, Json]>([
    [{ foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { foo: 'bar', baz: 'qux' }],
    [{ foo: ['a', 'b'] }, [{ op: 'add', path: '/foo/1', value: 'x' }], { foo: ['a', 'x', 'b'] }],
    [{ foo: ['a'] }, [{ op: 'add', path: '/foo/-', value: 'b' }], { foo: ['a', 'b'] }],
    [{ a: 1, b: 2 }, [{ op: 'remove', path: '/a' }], { b: 2 }],
    [{ a: [1, 2, 3] }, [{ op: 'remove', path: '/a/1' }], { a: [1, 3] }],
    [{ a: 1 }, [{ op: 'replace', path: '/a', value: { b: 2 } }], { a: { b: 2 } }],
    [{ a: { x: 1 }, b: {} }, [{ op: 'move', from: '/a/x', path: '/b/y' }], { a: {}, b: { y: 1 } }],
    [{ a: [1] }, [{ op: 'copy', from: '/a', path: '/b' }], { a: [1], b: [1] }],
    [{ 'a/b': { 'm~n': 1 } }, [{ op: 'replace', path: '/a~1b/m~0n', value: 2 }], { 'a/b': { 'm~n': 2 } }],
    [
      { a: 1 },
      [
        { op: 'test', path: '/a', value: 1 },
        { op: 'replace', path: '/a', value: 2 },
      ],
      { a: 2 },
    ],
  ])('%j with %j, becomes what RFC 6902 says', (document, patch, expected) => {
    expect(jsonPatch(document, patch)).toEqual(expected);
  });

  it.each<[string, Json, RegExp]>([
    ['a test that fails', [{ op: 'test', path: '/a', value: 2 }], /not the one the test names/],
    ['a path to nothing', [{ op: 'replace', path: '/x/y', value: 2 }], /nothing at this path/],
    ['a position behind the end', [{ op: 'add', path: '/list/4', value: 2 }], /no position of the list/],
    ['an unknown operation', [{ op: 'spam', path: '/a' }], /is no operation/],
    ['a missing value', [{ op: 'add', path: '/a' }], /has no value/],
    ['a value moved into itself', [{ op: 'move', from: '/o', path: '/o/p' }], /into itself/],
    ['an inherited name', [{ op: 'replace', path: '/toString', value: 1 }], /nothing at this path/],
    ['no list', { op: 'add' }, /a list of operations/],
  ])('%s, is refused and leaves the document as it is', (_case, patch, message) => {
    const document = { a: 1, list: [1], o: {} };
    expect(() => jsonPatch(document, patch)).toThrow(message);
    expect(document).toEqual({ a: 1, list: [1], o: {} });
  });
});

describe('strategic merge patch', () => {
  const strategicMerge = (target: Json, patch: Json, type = 'core.v1.Pod') => mergeAs(target, patch, typeNamed(type));

  const pod = {
    spec: {
      containers: [
        { name: 'a', image: 'a:1', ports: [{ containerPort: 80, name: 'http' }], env: [{ name: 'X', value: '1' }] },
        { name: 'b', image: 'b:1', command: ['run'] },
      ],
      tolerations: [{ key: 'k' }],
    },
    metadata: { finalizers: ['f/one'] },
  };

  it('elements with a key, are merged where they stand', () => {
    const patch = { spec: { containers: [{ name: 'b', image: 'b:2' }] } };
    expect(strategicMerge(pod, patch)).toMatchObject({
      spec: {
        containers: [
          { name: 'a', image: 'a:1' },
          { name: 'b', image: 'b:2', command: ['run'] },
        ],
      },
    });
  });

  it('ports of a container, are told apart by the port inside of it', () => {
    const patch = { spec: { containers: [{ name: 'a', ports: [{ containerPort: 81 }] }] } };
    const merged = strategicMerge(pod, patch) as unknown as typeof pod;
    expect(merged.spec.containers[0]?.ports).toEqual([{ containerPort: 80, name: 'http' }, { containerPort: 81 }]);
  });

  it('an element marked for deletion, goes', () => {
    const patch = { spec: { containers: [{ name: 'a', $patch: 'delete' }] } };
    expect(strategicMerge(pod, patch)).toMatchObject({ spec: { containers: [{ name: 'b' }] } });
  });

  it('a list without a key, is replaced as a whole', () => {
    const merged = strategicMerge(pod, { spec: { tolerations: [{ key: 'z' }] } }) as unknown as typeof pod;
    expect(merged.spec.tolerations).toEqual([{ key: 'z' }]);
  });

  it('the order asked for, holds for the elements it names', () => {
    const patch = {
      spec: {
        $setElementOrder_: null,
        '$setElementOrder/containers': [{ name: 'c' }, { name: 'b' }, { name: 'a' }],
        containers: [{ name: 'c', image: 'c:1' }],
      },
    };
    const merged = strategicMerge(pod, patch) as unknown as typeof pod;
    expect(merged.spec.containers.map(({ name }) => name)).toEqual(['c', 'b', 'a']);
  });

  it('values of a set, are added and deleted one by one', () => {
    expect(strategicMerge(pod, { metadata: { finalizers: ['f/two'] } })).toMatchObject({
      metadata: { finalizers: ['f/one', 'f/two'] },
    });
    expect(strategicMerge(pod, { metadata: { '$deleteFromPrimitiveList/finalizers': ['f/one'] } })).toMatchObject({
      metadata: { finalizers: [] },
    });
  });

  it('a union that changes its kind, keeps only the members the patch retains', () => {
    const target = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } };
    const patch = { strategy: { $retainKeys: ['type'], type: 'Recreate' } };
    expect(strategicMerge(target, patch, 'apps.v1.DeploymentSpec')).toEqual({ strategy: { type: 'Recreate' } });
  });

  it('an object to be replaced, keeps nothing of what was', () => {
    expect(strategicMerge({ a: { b: 1, c: 2 } }, { a: { $patch: 'replace', c: 3 } })).toEqual({ a: { c: 3 } });
  });

  it.each<[string, string, Json, Json, Json]>([
    [
      'ports of a service, are told apart by the port',
      'core.v1.Service',
      { spec: { ports: [{ port: 80, name: 'a' }] } },
      { spec: { ports: [{ port: 80, name: 'b' }, { port: 81 }] } },
      { spec: { ports: [{ port: 80, name: 'b' }, { port: 81 }] } },
    ],
    [
      'taints of a node, are told apart by their key',
      'core.v1.Node',
      { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } },
      { spec: { taints: [{ key: 'b', effect: 'NoExecute' }] } },
      { spec: { taints: [{ key: 'b', effect: 'NoExecute' }] } },
    ],
    [
      'a list marked to be replaced, keeps nothing of what was',
      'core.v1.Pod',
      { spec: { containers: [{ name: 'a' }, { name: 'b' }] } },
      { spec: { containers: [{ $patch: 'replace' }, { name: 'c' }] } },
      { spec: { containers: [{ name: 'c' }] } },
    ],
    [
      'a volume that changes its source, keeps its name',
      'core.v1.Pod',
      { spec: { volumes: [{ name: 'v', emptyDir: {} }] } },
      { spec: { volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'm' } }] } },
      { spec: { volumes: [{ name: 'v', configMap: { name: 'm' } }] } },
    ],
    [
      'keys of a map called as a list elsewhere, are keys of a map',
      'core.v1.ConfigMap',
      { data: { containers: 'a' } },
      { data: { ports: 'b' } },
      { data: { containers: 'a', ports: 'b' } },
    ],
  ])('%s', (_case, type, target, patch, merged) => {
    expect(strategicMerge(target, patch, type)).toEqual(merged);
  });

  it('lists as long as a body can be, are merged within a moment', () => {
    const names = Array.from({ length: 30_000 }, (_, index) => `c${index}`);
    const target = { spec: { containers: names.map((name) => ({ name })) } };
    const patch = {
      spec: {
        '$setElementOrder/containers': names.map((name) => ({ name })),
        containers: names.map((name, index) => (index % 2 === 0 ? { name, $patch: 'delete' } : { name, image: 'x' })),
      },
      metadata: { '$deleteFromPrimitiveList/finalizers': names },
    };
    const began = performance.now();
    const merged = strategicMerge({ ...target, metadata: { finalizers: names } }, patch) as unknown as typeof pod;
    expect(merged.spec.containers).toHaveLength(15_000);
    expect(merged.metadata.finalizers).toEqual([]);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('an element without its key, is refused by the list it is in', () => {
    expect(() => strategicMerge(pod, { spec: { containers: [{ image: 'x' }] } })).toThrow(/element of containers/);
  });
});
