import { Fault } from '../../fault.ts';
import type { Json, JsonObject } from '../../json.ts';
import { type ManagedFields, objectAt } from '../object.ts';
import { applyConflict } from './apply-conflict.ts';
import { objectChanges, objectFields } from './compare-fields.ts';
import { common, isNoField, minus, NO_FIELDS, union } from './field-set.ts';
import { mergeApplied, withoutDropped } from './merge-applied.ts';
import { isSameManager, type Manager, type Owner, readOwners, writeOwners } from './owners.ts';
import { partsOf, rootSlot, type Slot } from './parts-of.ts';
import { type Change, ownerWith } from './record-update.ts';
import { trackedPart, withTracked } from './tracked.ts';

/** Everything that was there before anybody applied belongs to this one. */
const BEFORE_FIRST_APPLY = 'before-first-apply';

export interface Application extends Change {
  /** What the manager wants of the object, and all it wants. */
  readonly config: JsonObject;
  /** It takes fields that others own and that it wants otherwise. */
  readonly isForced: boolean;
}

/**
 * Server-side apply: the object with the configuration laid over it, without what the manager applied before and wants no
 * more, unless somebody else owns that, and with the owners as they are then. The object as it stood when nothing changes.
 * Follows Kubernetes: server-side apply (KEP 555). Faults: Conflict, with a cause for each field that another manager owns and
 * has otherwise; Invalid when elements of a list cannot be told apart.
 */
export function applyConfiguration(application: Application, live: JsonObject): JsonObject {
  const { type, manager, config, isForced, now } = application;
  const slot = rootSlot(type.name);
  const applied = trackedPart(config, manager.subresource);
  requireDistinct(slot, applied, '');
  const standing = trackedPart(live, manager.subresource);
  const owners = ownersOf(live, application);
  const own = owners.find((owner) => isSameManager(owner, manager));
  const others = owners.filter((owner) => owner !== own);
  const wanted = objectFields(type.name, applied);
  const owned = others.reduce((all, { fields }) => union(all, fields), wanted);
  const merged = mergeApplied(slot, standing, applied);
  const after = objectAt(withoutDropped(slot, merged, own?.fields ?? NO_FIELDS, owned));
  const { changed, removed } = objectChanges(type.name, standing, after);
  const conflicts = others
    .map((owner) => ({ ...owner, fields: common(owner.fields, changed) }))
    .filter(({ fields }) => !isNoField(fields));
  if (conflicts.length > 0 && !isForced) throw applyConflict(conflicts);
  const left = others.map((owner) => ({ ...owner, fields: minus(minus(owner.fields, changed), removed) }));
  const isSame = isNoField(changed) && isNoField(removed);
  const next = isSame ? live : withTracked(live, after, manager.subresource);
  return withManagedFields(next, writeOwners([...left, ...ownerWith(own, manager, wanted, now)]));
}

const withManagedFields = (object: JsonObject, managedFields: readonly ManagedFields[]): JsonObject => ({
  ...object,
  metadata: { ...objectAt(object['metadata']), managedFields: managedFields as unknown as Json },
});

/** Owners of what stands. An object without any was made by somebody who keeps none: all of it counts as updated once. */
function ownersOf(live: JsonObject, { type, manager, now }: Change): readonly Owner[] {
  const entries = objectAt(live['metadata'])['managedFields'] as unknown as readonly ManagedFields[] | undefined;
  if (entries?.length) return readOwners(entries);
  const standing = trackedPart(live, undefined);
  if (Object.keys(standing).length === 0) return [];
  const first: Manager = { name: BEFORE_FIRST_APPLY, operation: 'Update', apiVersion: manager.apiVersion };
  return [{ ...first, fields: objectFields(type.name, standing), time: now }];
}

/** A list of things with keys is applied by them, so each needs its own. */
function requireDistinct(slot: Slot, value: Json, path: string): void {
  const parts = partsOf(slot, value);
  if (!parts && Array.isArray(value) && !slot.isAtomic && slot.merge.kind !== 'atomic') {
    const what = slot.merge.kind === 'set' ? 'values' : `entries for key [${slot.merge.keys.join(' ')}]`;
    throw new Fault('Invalid', `failed to create typed patch object: ${path}: duplicate ${what}, or entries without`);
  }
  for (const [step, part] of parts ?? []) requireDistinct(part.slot, part.value, `${path}.${step.slice(2)}`);
}
