import type { Dependencies } from '../dependencies.ts';
import type { TaskSetName } from '../intents.ts';
import { changeOne, changeTaskSets, requireLiveTaskSet, type TaskSetView } from './change-task-sets.ts';

/**
 * UpdateTaskSet: gives a task set another share of the service's desired count, in percent.
 * Faults: those of changeTaskSets, TaskSetNotFound; InvalidParameter when it is draining.
 */
export const updateTaskSet = (deps: Dependencies, name: TaskSetName, scale: number): Promise<TaskSetView> =>
  changeTaskSets(deps, name, (service) => {
    const before = requireLiveTaskSet(service, name.taskSet);
    return changeOne(service, { ...before, scale, updatedAt: deps.clock.now() });
  });
