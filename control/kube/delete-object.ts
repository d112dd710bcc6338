import { type KubeObject, timestamp } from '#core/kube/object.ts';
import type { Dependencies } from '../dependencies.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { commitObjects } from './commit-objects.ts';
import { modifiedMeanwhile, notFound } from './kube-faults.ts';
import { type ChangeOptions, type NamedTarget, objectIdOf } from './object-request.ts';
import { findObject } from './read-objects.ts';

export interface DeleteOptions extends ChangeOptions {
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
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
  { isDryRun, preconditions = {}, gracePeriodSeconds }: DeleteOptions,
): Promise<Deletion> {
  const { resource, name } = target;
  const id = objectIdOf(target, name);
  return untilCommitted(`deletion of ${resource.kind} ${name}`, async (): Promise<Deletion | typeof CONFLICT> => {
    const before = await findObject(deps, id);
    if (!before) throw notFound(resource, name);
    const { uid, resourceVersion, finalizers = [], deletionTimestamp } = before.value.metadata;
    const isOther =
      (preconditions.uid !== undefined && preconditions.uid !== uid) ||
      (preconditions.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion);
    if (isOther) throw modifiedMeanwhile(resource, name, 'the object is not the one the precondition names');
    const ending = resource.rules.ending?.(before.value, gracePeriodSeconds);
    const isGone = finalizers.length === 0 && ending === undefined;
    const isMarked = deletionTimestamp !== undefined && !isSooner(before.value, ending);
    if (isDryRun || (!isGone && isMarked)) return { object: before.value, isGone };
    const after = marked(ending ?? before.value, deps.clock.now());
    const commit = isGone
      ? ({ kind: 'delete', id, before } as const)
      : ({ kind: 'update', id, before, after } as const);
    const result = await commitObjects(deps, [commit]);
    return result.kind === 'committed' ? { object: result.objects[0] ?? before.value, isGone } : CONFLICT;
  });
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
