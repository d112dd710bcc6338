import { Fault } from '#core/fault.ts';
import type { TaskDefinition } from '#core/model/task-definition.ts';
import type { Dependencies } from '../dependencies.ts';
import { definitions, put } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { findDefinition } from './find-definition.ts';

/**
 * Moves one revision to INACTIVE: services that use it go on, nothing new may.
 * Doing it twice changes nothing. Faults: Refused when there is no such revision.
 */
export function deregisterTaskDefinition(
  deps: Pick<Dependencies, 'store' | 'clock'>,
  text: string,
): Promise<TaskDefinition> {
  return untilCommitted(`deregistration of task definition ${text}`, async () => {
    const found = await findDefinition(deps, text);
    if (!found) throw new Fault('Refused', 'The specified task definition does not exist.');
    if (found.value.status !== 'ACTIVE') return found.value;
    const { family, revision } = found.value;
    const inactive: TaskDefinition = { ...found.value, status: 'INACTIVE', deregisteredAt: deps.clock.now() };
    const outcome = await deps.store.transact([put(definitions, { family, revision }, inactive, found.version)]);
    return outcome.kind === 'committed' ? inactive : CONFLICT;
  });
}
