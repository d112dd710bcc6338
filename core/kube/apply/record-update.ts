import type { Json, JsonObject } from '../../json.ts';
import type { KubeObject } from '../object.ts';
import type { TypeSchema } from '../schema/shape.ts';
import { type FieldChanges, objectChanges } from './compare-fields.ts';
import { type FieldSet, isNoField, isSameSet, minus, NO_FIELDS, union } from './field-set.ts';
import { isSameManager, type Manager, type Owner, readOwners, withOwners, writeOwners } from './owners.ts';
import { trackedPart } from './tracked.ts';

/** Who changes an object, and when: `2026-11-21T16:53:09Z`. */
export interface Change {
  readonly type: TypeSchema;
  readonly manager: Manager;
  readonly now: string;
}

/**
 * The changed object with the owners of its fields: who changed a field owns it, and nobody else who did before. What was
 * sent as `managedFields` counts as what stands, `[{}]` ends the keeping of owners, and where none were kept none are, until
 * somebody applies. A new object's fields are its maker's.
 */
export function recordUpdate(change: Change, after: KubeObject, before?: KubeObject): KubeObject {
  const { managedFields: sent, ...metadata } = after.metadata;
  const isEnded = sent?.length === 1 && Object.keys(sent[0] ?? {}).length === 0;
  const standing = sent?.length ? sent : before?.metadata.managedFields;
  if (isEnded || (before && !standing?.length)) return { ...after, metadata };
  const { type, manager } = change;
  const changes = objectChanges(
    type.name,
    before ? trackedPart(asJson(before), manager.subresource) : {},
    trackedPart(asJson(after), manager.subresource),
  );
  const owners = before ? readOwners(standing) : [];
  return withOwners({ ...after, metadata }, writeOwners(changedOwners(owners, changes, change)));
}

const asJson = (object: KubeObject): JsonObject => object as unknown as Json as JsonObject;

function changedOwners(
  owners: readonly Owner[],
  { changed, removed }: FieldChanges,
  { manager, now }: Change,
): readonly Owner[] {
  const others = owners
    .filter((owner) => !isSameManager(owner, manager))
    .map((owner) => ({ ...owner, fields: minus(minus(owner.fields, changed), removed) }));
  const own = owners.find((owner) => isSameManager(owner, manager));
  return [...others, ...ownerWith(own, manager, union(minus(own?.fields ?? NO_FIELDS, removed), changed), now)];
}

/** A manager with these fields; its time is that of its last change. */
export function ownerWith(own: Owner | undefined, manager: Manager, fields: FieldSet, now: string): readonly Owner[] {
  if (isNoField(fields)) return [];
  return [own && isSameSet(own.fields, fields) ? own : { ...manager, fields, time: now }];
}
