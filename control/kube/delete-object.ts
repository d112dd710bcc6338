import { finalizersFor, type Propagation } from '#core/kube/gc/propagation.ts';
import { type KubeObject, timestamp } from '#core/kube/object.ts';
import type { KubeResource } from '#core/kube/resource.ts';
import { isSameValue } from '#core/kube/same-value.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Versioned } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { type Commit, commitObjects } from './commit-objects.ts';
import { modifiedMeanwhile, notFound } from './kube-faults.ts';
import { type ChangeOptions, type NamedTarget, objectIdOf } from './object-request.ts';
import { findObject } from './read-objects.ts';
import type { ObjectId } from './records.ts';

export interface DeleteOptions extends ChangeOptions, DeletionManner {
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** How an object goes. */
export interface DeletionManner {
  /** What becomes of the objects it owns; absent: they go after it. */
  readonly propagation?: Propagation | undefined;
  /** Seconds that what it stands for may take to end; 0: as little as can be. Absent: as its kind has it. */
  readonly gracePeriodSeconds?: number;
}

export interface Deletion {
  readonly object: KubeObject;
  /** False while finalizers keep it, or its reconciler has to end something: it is marked as deleted and goes after that. */
  readonly isGone: boolean;
}

/** Deletes an object, or marks it when finalizers hold it or something of it has to end first. Faults: ResourceNotFound, Conflict. */
export async function deleteObject(
  deps: Dependencies,
  target: NamedTarget,
  { isDryRun, preconditions = {}, ...manner }: DeleteOptions,
): Promise<Deletion> {
  const { resource, name } = target;
  const id = objectIdOf(target, name);
  return untilCommitted(`deletion of ${resource.kind} ${name}`, async (): Promise<Deletion | typeof CONFLICT> => {
    const before = await findObject(deps, id);
    if (!before) throw notFound(resource, name);
    const { uid, resourceVersion } = before.value.metadata;
    const isOther =
      (preconditions.uid !== undefined && preconditions.uid !== uid) ||
      (preconditions.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion);
    if (isOther) throw modifiedMeanwhile(resource, name, 'the object is not the one the precondition names');
    const commit = planDeletion(resource, id, before, deps.clock.now(), manner);
    if (!commit) return { object: before.value, isGone: false };
    const isGone = commit.kind === 'delete';
    if (isDryRun) return { object: before.value, isGone };
    const result = await commitObjects(deps, [commit]);
    return result.kind === 'committed' ? { object: result.objects[0] ?? before.value, isGone } : CONFLICT;
  });
}

/**
 * What deleting an object writes: it goes, or is marked when finalizers hold it or something of it has to end first. Undefined
 * when it is marked already. Everything that deletes objects goes through here.
 */
export function planDeletion(
  resource: KubeResource,
  id: ObjectId,
  before: Versioned<KubeObject>,
  now: number,
  { propagation, gracePeriodSeconds }: DeletionManner = {},
): Commit | undefined {
  const { metadata } = before.value;
  const finalizers = finalizersFor(metadata.finalizers ?? [], propagation);
  const ending = resource.rules.ending?.(before.value, gracePeriodSeconds);
  if (finalizers.length === 0 && ending === undefined) return { kind: 'delete', id, before };
  const isMarked = metadata.deletionTimestamp !== undefined && !isSooner(before.value, ending);
  if (isMarked && isSameValue(finalizers, metadata.finalizers ?? [])) return undefined;
  const after = isMarked ? before.value : marked(ending ?? before.value, now);
  const held = finalizers.length > 0 ? { finalizers } : {};
  return { kind: 'update', id, before, after: { ...after, metadata: { ...after.metadata, ...held } } };
}

const graceOf = ({ metadata }: KubeObject): number => metadata.deletionGracePeriodSeconds ?? 0;

/** Whoever deletes again may be in more of a hurry, and never in less. */
const isSooner = (before: KubeObject, ending: KubeObject | undefined): boolean =>
  ending !== undefined && graceOf(ending) < graceOf(before);

function marked(object: KubeObject, now: number): KubeObject {
  const deletionGracePeriodSeconds = graceOf(object);
  const deletionTimestamp = timestamp(now + deletionGracePeriodSeconds * 1_000);
  return { ...object, metadata: { ...object.metadata, deletionTimestamp, deletionGracePeriodSeconds } };
}

/** What changing a deleted object writes: without finalizers it goes, unless its reconciler still ends something. */
export function planRelease(
  resource: KubeResource,
  id: ObjectId,
  before: Versioned<KubeObject>,
  after: KubeObject,
): Commit {
  const { deletionTimestamp, finalizers = [] } = after.metadata;
  const isFreed = deletionTimestamp !== undefined && finalizers.length === 0;
  const goes = isFreed && resource.rules.ending?.(after) === undefined;
  return goes ? { kind: 'delete', id, before } : { kind: 'update', id, before, after };
}
