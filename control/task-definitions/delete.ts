import type { TaskDefinition } from '#core/model/task-definition.ts';
import type { Dependencies } from '../dependencies.ts';
import { deletingIndexKey } from '../keys.ts';
import { definitions, put } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { findDefinition } from './find-definition.ts';

/** What became of one revision that was to be deleted. */
export type Deletion =
  | { readonly kind: 'deleting'; readonly definition: TaskDefinition }
  | { readonly kind: 'missing' }
  /** It must be deregistered first. */
  | { readonly kind: 'active' };

/**
 * Moves a deregistered revision to DELETE_IN_PROGRESS; doing it twice changes nothing. What uses it goes on, and it
 * stays describable until the sweep finds that nothing does any more.
 */
export function deleteTaskDefinition(deps: Pick<Dependencies, 'store' | 'clock'>, text: string): Promise<Deletion> {
  return untilCommitted<Deletion>(`deletion of task definition ${text}`, async () => {
    const found = await findDefinition(deps, text);
    if (!found) return { kind: 'missing' };
    const { family, revision, status } = found.value;
    if (status === 'ACTIVE') return { kind: 'active' };
    if (status === 'DELETE_IN_PROGRESS') return { kind: 'deleting', definition: found.value };
    const deleteRequestedAt = deps.clock.now();
    const definition: TaskDefinition = { ...found.value, status: 'DELETE_IN_PROGRESS', deleteRequestedAt };
    const index = deletingIndexKey(deleteRequestedAt, family, revision);
    const outcome = await deps.store.transact([
      put(definitions, { family, revision }, definition, found.version, { index }),
    ]);
    return outcome.kind === 'committed' ? { kind: 'deleting', definition } : CONFLICT;
  });
}
