import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { applyConfiguration } from '#core/kube/apply/apply-configuration.ts';
import { objectChanges, objectFields } from '#core/kube/apply/compare-fields.ts';
import { common, isNoField, isSameSet, NO_FIELDS, readFields, writeFields } from '#core/kube/apply/field-set.ts';
import { withoutDropped } from '#core/kube/apply/merge-applied.ts';
import { rootSlot } from '#core/kube/apply/parts-of.ts';
import { recordUpdate } from '#core/kube/apply/record-update.ts';
import { trackedPart } from '#core/kube/apply/tracked.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { typeNamed } from '#core/kube/schema/schema.ts';
import { arbitraryObject } from '#test/support/arbitrary-object.ts';

const TYPES = ['core.v1.Pod', 'apps.v1.Deployment', 'core.v1.Service', 'core.v1.ConfigMap'];
const NOW = '2026-11-21T16:53:09Z';

interface Case {
  readonly type: string;
  readonly a: JsonObject;
  readonly b: JsonObject;
}

const cases: fc.Arbitrary<Case> = fc
  .constantFrom(...TYPES)
  .chain((type) => fc.record({ type: fc.constant(type), a: configuration(type), b: configuration(type) }));

/** Only what can be owned. */
const configuration = (type: string): fc.Arbitrary<JsonObject> =>
  arbitraryObject(type).map((object) => trackedPart(object, undefined));

const applyAs = (name: string, type: string, live: JsonObject, config: JsonObject): JsonObject => {
  const manager = { name, operation: 'Apply', apiVersion: 'v1' } as const;
  return applyConfiguration({ type: typeNamed(type), manager, now: NOW, config, isForced: false }, live);
};

const isSame = (type: string, x: JsonObject, y: JsonObject): boolean => {
  const { changed, removed } = objectChanges(type, trackedPart(x, undefined), trackedPart(y, undefined));
  return isNoField(changed) && isNoField(removed);
};

/** What of `b` has nothing to do with what `a` has. */
const apartFrom = ({ type, a, b }: Case): JsonObject =>
  withoutDropped(rootSlot(type), b, objectFields(type, a), NO_FIELDS) as JsonObject;

/** Somebody makes the whole object otherwise, without applying. */
function editedTo(type: string, wanted: JsonObject, before: KubeObject): JsonObject {
  const manager = { name: 'editor', operation: 'Update', apiVersion: 'v1' } as const;
  const after = { metadata: {}, ...wanted } as unknown as KubeObject;
  return recordUpdate({ type: typeNamed(type), manager, now: NOW }, after, before) as unknown as JsonObject;
}

describe('server-side apply', () => {
  it('a configuration applied again, changes nothing', () => {
    fc.assert(
      fc.property(cases, ({ type, a, b }) => {
        const once = applyAs('one', type, applyAs('one', type, {}, a), b);
        expect(applyAs('one', type, once, b)).toEqual(once);
      }),
    );
  });

  it('a manager alone, has just what it applied last', () => {
    fc.assert(
      fc.property(cases, ({ type, a, b }) => {
        expect(isSame(type, applyAs('one', type, applyAs('one', type, {}, a), b), b)).toBe(true);
      }),
    );
  });

  it('two managers with fields apart, never conflict, and what one removes goes without the other’s', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const { type, a } = given;
        const apart = apartFrom(given);
        const both = applyAs('two', type, applyAs('one', type, {}, a), apart);
        expect(isSame(type, applyAs('one', type, both, a), both)).toBe(true);
        expect(isSame(type, applyAs('one', type, both, {}), apart)).toBe(true);
      }),
    );
  });

  it('two managers that want the same, share it until the last of them drops it', () => {
    fc.assert(
      fc.property(cases, ({ type, a }) => {
        const shared = applyAs('two', type, applyAs('one', type, {}, a), a);
        const left = applyAs('one', type, shared, {});
        expect(isSame(type, left, a)).toBe(true);
        expect(isSame(type, applyAs('two', type, left, {}), {})).toBe(true);
      }),
    );
  });

  it('what somebody else changes, is theirs: to want it otherwise is a conflict, to want it as it is none', () => {
    fc.assert(
      fc.property(cases, ({ type, a, b }) => {
        const applied = applyAs('one', type, {}, a) as unknown as KubeObject;
        const edited = editedTo(type, b, applied);
        expect(isSame(type, applyAs('one', type, edited, b), edited)).toBe(true);
        const contested = common(objectFields(type, b), objectChanges(type, b, a).changed);
        const again = (): JsonObject => applyAs('one', type, edited, a);
        if (isNoField(contested)) again();
        else expect(again).toThrow(/^Apply failed with \d+ conflicts?: conflicts? with "editor" using v1: /);
      }),
    );
  });

  it('a set of fields, is read as it was written', () => {
    fc.assert(
      fc.property(cases, ({ type, a }) => {
        const fields = objectFields(type, a);
        expect(isSameSet(readFields(writeFields(fields)), fields)).toBe(true);
      }),
    );
  });
});
