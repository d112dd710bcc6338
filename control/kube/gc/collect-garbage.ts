import { blocks } from '#core/kube/gc/judge-dependent.ts';
import { FOREGROUND_FINALIZER, isCollecting, ORPHAN_FINALIZER } from '#core/kube/gc/propagation.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import type { Dependencies } from '../../dependencies.ts';
import type { Versioned } from '../../records.ts';
import { CONFLICT, untilCommitted } from '../../until-committed.ts';
import { commitInParts } from '../commit-in-parts.ts';
import { commitObjects } from '../commit-objects.ts';
import { planRelease } from '../delete-object.ts';
import { findObject } from '../read-objects.ts';
import type { ObjectId } from '../records.ts';
import { collectDependents, owning, readDependents } from './collect-dependents.ts';

/** An owner that waits for objects it does not control is told by nobody when they are gone. */
const LOOK_AGAIN_MS = 2_000;

/** What the object of this uid owned, which was deleted, goes or forgets it (Kubernetes: garbage collection). */
export const collectGone = (deps: Dependencies, cluster: string, gone: string): Promise<void> =>
  collectDependents(deps, () => readDependents(deps, cluster, gone));

/**
 * Owners and dependents around one object: an object whose owners are gone goes itself, and one that is deleted in the foreground
 * or leaves orphans is let go when that is done. Answers when to look again (epoch ms).
 */
export async function collectGarbage(deps: Dependencies, id: ObjectId): Promise<number | undefined> {
  const found = await findObject(deps, id);
  if (!found) return undefined;
  if (isCollecting(found.value)) return letGo(deps, id, found.value);
  if (found.value.metadata.ownerReferences?.length && found.value.metadata.deletionTimestamp === undefined) {
    let first: Versioned<KubeObject> | undefined = found;
    await collectDependents(deps, async () => {
      const now = first ?? (await findObject(deps, id));
      first = undefined;
      return now ? [{ id, found: now }] : [];
    });
  }
  return undefined;
}

async function letGo(deps: Dependencies, id: ObjectId, { metadata }: KubeObject): Promise<number | undefined> {
  const finalizer = metadata.finalizers?.includes(ORPHAN_FINALIZER) ? ORPHAN_FINALIZER : FOREGROUND_FINALIZER;
  const isDone =
    finalizer === ORPHAN_FINALIZER
      ? await orphan(deps, id, metadata.uid)
      : await collectBlocking(deps, id, metadata.uid);
  if (!isDone) return deps.clock.now() + LOOK_AGAIN_MS;
  await untilCommitted(`end of ${id.resource} ${id.name}`, async () => {
    const before = await findObject(deps, id);
    if (before?.value.metadata.uid !== metadata.uid || !before.value.metadata.finalizers?.includes(finalizer))
      return undefined;
    const finalizers = before.value.metadata.finalizers.filter((name) => name !== finalizer);
    const after = { ...before.value, metadata: { ...before.value.metadata, finalizers } };
    const result = await commitObjects(deps, [planRelease(resourceNamed(id.resource), id, before, after)]);
    return result.kind === 'committed' ? undefined : CONFLICT;
  });
  return undefined;
}

/** True when nothing names this owner any more. */
async function orphan(deps: Dependencies, { cluster }: ObjectId, owner: string): Promise<boolean> {
  const dependents = await readDependents(deps, cluster, owner);
  const commits = dependents.map(({ id, found }) => {
    const { ownerReferences = [] } = found.value.metadata;
    return owning(
      id,
      found,
      ownerReferences.filter(({ uid }) => uid !== owner),
    );
  });
  return commitInParts(deps, commits);
}

/** True when nothing is left that blocks the owner's deletion; what does is deleted. */
async function collectBlocking(deps: Dependencies, { cluster }: ObjectId, owner: string): Promise<boolean> {
  const blocking = async () =>
    (await readDependents(deps, cluster, owner)).filter(({ found }) =>
      blocks(found.value.metadata.ownerReferences, owner),
    );
  await collectDependents(deps, blocking);
  return (await blocking()).length === 0;
}
