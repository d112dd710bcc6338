import type { TaskSet } from '#core/model/task-set.ts';
import type { Dependencies } from '../dependencies.ts';
import type { TaskSetName } from '../intents.ts';
import { changeTaskSets, requireLiveTaskSet, type TaskSetView } from './change-task-sets.ts';

/**
 * UpdateServicePrimaryTaskSet: the service shows this task set's members as its own from now on, and the one that was
 * primary becomes ACTIVE. No task starts or stops for it.
 * Faults: those of changeTaskSets, TaskSetNotFound; InvalidParameter when it is draining.
 */
export const setPrimaryTaskSet = (deps: Dependencies, name: TaskSetName): Promise<TaskSetView> =>
  changeTaskSets(deps, name, (service) => {
    const before = requireLiveTaskSet(service, name.taskSet);
    if (before.status === 'PRIMARY') return { taskSet: before };
    const updatedAt = deps.clock.now();
    const taskSet: TaskSet = { ...before, status: 'PRIMARY', updatedAt };
    const demoted = (set: TaskSet): TaskSet =>
      set.status === 'PRIMARY' ? { ...set, status: 'ACTIVE', updatedAt } : set;
    return { taskSet, taskSets: service.taskSets.map((set) => (set === before ? taskSet : demoted(set))) };
  });
