import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '#core/fault.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { applyConfiguration } from '#core/kube/apply/apply-configuration.ts';
import { isObject } from '#core/kube/object.ts';
import { strategicMerge } from '#core/kube/patch/strategic-merge.ts';
import { decodeObject } from '#core/kube/schema/decode-object.ts';
import { typeNamed } from '#core/kube/schema/schema.ts';
import { arbitraryObject } from '#test/support/arbitrary-object.ts';

const TYPE = 'apps.v1.Deployment';
const type = typeNamed(TYPE);
const manager = { name: 'm', operation: 'Apply', apiVersion: 'apps/v1' } as const;

/** What comes of it; undefined when it is refused as it should be. Anything else that is thrown is a bug. */
function outcomeOf<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof Fault && ['InvalidParameter', 'Invalid', 'Conflict'].includes(error.code)) return undefined;
    throw error;
  }
}

/** The value with something else somewhere within it. */
function spoilt(value: Json, path: readonly number[], junk: Json): Json {
  const [step, ...rest] = path;
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const name = names[(step ?? 0) % Math.max(names.length, 1)];
  if (step === undefined || name === undefined) return junk;
  if (Array.isArray(value)) return value.map((one: Json, at) => (String(at) === name ? spoilt(one, rest, junk) : one));
  return isObject(value) ? { ...value, [name]: spoilt(value[name] ?? null, rest, junk) } : junk;
}

const spoiltObjects = fc
  .record({ object: arbitraryObject(TYPE), path: fc.array(fc.nat(20), { maxLength: 8 }), junk: fc.jsonValue() })
  .map(({ object, path, junk }) => spoilt(object, path, junk as Json));

describe('whatever is sent as an object', () => {
  it('is read as one of its kind or refused, and read again is the same', () => {
    fc.assert(
      fc.property(spoiltObjects, (sent) => {
        if (!isObject(sent)) return;
        const read = outcomeOf(() => decodeObject(type, sent).object);
        if (read) expect(decodeObject(type, read)).toEqual({ object: read, unknown: [] });
      }),
      { numRuns: 500 },
    );
  });

  it('patches and is applied, or is refused', () => {
    fc.assert(
      fc.property(spoiltObjects, arbitraryObject(TYPE), (sent, live) => {
        outcomeOf(() => strategicMerge(live, sent, type));
        if (!isObject(sent)) return;
        const config = outcomeOf(() => decodeObject(type, sent).object);
        const application = { type, manager, now: '2026-11-21T16:53:09Z', isForced: false };
        if (config) outcomeOf(() => applyConfiguration({ ...application, config }, live));
      }),
      { numRuns: 500 },
    );
  });

  it('has owners of any making, and is applied over or meets a conflict', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), arbitraryObject(TYPE), (junk, config) => {
        const fieldsV1 = { 'f:metadata': {}, 'k:no json': {}, 'k:null': {}, 'f:spec': junk as Json };
        const live: JsonObject = {
          metadata: { managedFields: [{ manager: 'x', operation: 'Update', fieldsV1 }] },
          spec: { replicas: 1 },
        };
        const application = { type, manager, now: '2026-11-21T16:53:09Z', isForced: false, config };
        outcomeOf(() => applyConfiguration(application, live));
        expect(outcomeOf(() => applyConfiguration({ ...application, isForced: true }, live))).toBeDefined();
      }),
    );
  });
});
