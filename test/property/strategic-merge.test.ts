import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { strategicMerge } from '#core/kube/patch/strategic-merge.ts';
import { typeNamed } from '#core/kube/schema/schema.ts';
import { arbitraryObject } from '#test/support/arbitrary-object.ts';

const TYPES = ['core.v1.Pod', 'apps.v1.Deployment', 'core.v1.Service', 'core.v1.Node'];

const objects = fc
  .constantFrom(...TYPES)
  .chain((type) => fc.record({ type: fc.constant(type), a: arbitraryObject(type), b: arbitraryObject(type) }));

const merge = (type: string, target: Json, patch: Json): Json => strategicMerge(target, patch, typeNamed(type));
const containersOf = (object: Json): readonly JsonObject[] =>
  (object as { spec: { containers: readonly JsonObject[] } }).spec.containers;

describe('strategic merge patch', () => {
  it('an empty patch and the object itself, change nothing', () => {
    fc.assert(
      fc.property(objects, ({ type, a }) => {
        expect(merge(type, a, {})).toEqual(a);
        expect(merge(type, a, a)).toEqual(a);
      }),
    );
  });

  it('a patch without directives, changes nothing the second time', () => {
    fc.assert(
      fc.property(objects, ({ type, a, b }) => {
        const once = merge(type, a, b);
        expect(merge(type, once, b)).toEqual(once);
      }),
    );
  });

  it('what a patch says of nothing, is made by it as it says', () => {
    fc.assert(
      fc.property(objects, ({ type, b }) => {
        expect(merge(type, {}, b)).toEqual(b);
      }),
    );
  });

  it('a patch for a member, leaves all others as they are', () => {
    fc.assert(
      fc.property(objects, ({ type, a, b }) => {
        const [name] = Object.keys(b);
        if (name === undefined) return;
        const { [name]: _changed, ...others } = merge(type, a, { [name]: b[name] }) as JsonObject;
        const { [name]: _before, ...kept } = a;
        expect(others).toEqual(kept);
      }),
    );
  });

  it('elements deleted and ordered by their keys, are just those, in that order', () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 12,
      size: 'max',
    });
    const lists = names.chain((all) =>
      fc.record({
        all: fc.constant(all),
        gone: fc.subarray(all),
        order: fc.shuffledSubarray(all, { minLength: all.length }),
      }),
    );
    fc.assert(
      fc.property(lists, ({ all, gone, order }) => {
        const target = { spec: { containers: all.map((name) => ({ name, image: `${name}:1` })) } };
        const left = order.filter((name) => !gone.includes(name));
        const patch = {
          spec: {
            '$setElementOrder/containers': left.map((name) => ({ name })),
            containers: gone.map((name) => ({ name, $patch: 'delete' })),
          },
        };
        const merged = containersOf(merge('core.v1.Pod', target, patch));
        expect(merged).toEqual(left.map((name) => ({ name, image: `${name}:1` })));
      }),
    );
  });
});
