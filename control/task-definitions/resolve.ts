import { Fault } from '#core/fault.ts';
import type { TaskDefinition } from '#core/model/task-definition.ts';
import type { Dependencies } from '../dependencies.ts';
import { findDefinition } from './find-definition.ts';

/**
 * The definition a new task or service shall use: `family` (newest ACTIVE revision) or `family:revision`.
 * Faults: Refused when there is none or it is no longer ACTIVE.
 */
export async function resolveTaskDefinition(deps: Pick<Dependencies, 'store'>, text: string): Promise<TaskDefinition> {
  const found = await findDefinition(deps, text);
  if (!found) throw new Fault('Refused', 'TaskDefinition not found.');
  if (found.value.status !== 'ACTIVE') throw new Fault('Refused', 'TaskDefinition is inactive');
  return found.value;
}
