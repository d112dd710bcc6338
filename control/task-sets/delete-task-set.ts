import { Fault } from '#core/fault.ts';
import type { Dependencies } from '../dependencies.ts';
import type { TaskSetName } from '../intents.ts';
import { changeOne, changeTaskSets, requireTaskSet, type TaskSetView } from './change-task-sets.ts';

/**
 * DeleteTaskSet: ACTIVE -> DRAINING; the worker stops its tasks and forgets it when the last one has stopped. Deleting
 * one that is draining already changes nothing. It may still be scaled above 0: deployers in use rely on that without
 * `force`, which is needed for the primary one alone.
 * Faults: those of changeTaskSets, TaskSetNotFound; InvalidParameter for the primary one when `force` is off.
 */
export const deleteTaskSet = (deps: Dependencies, name: TaskSetName, force: boolean): Promise<TaskSetView> =>
  changeTaskSets(deps, name, (service) => {
    const before = requireTaskSet(service, name.taskSet);
    if (before.status === 'DRAINING') return { taskSet: before };
    if (before.status === 'PRIMARY' && !force) {
      throw new Fault('InvalidParameter', 'Primary TaskSet cannot be deleted');
    }
    return changeOne(service, { ...before, status: 'DRAINING', updatedAt: deps.clock.now() });
  });
