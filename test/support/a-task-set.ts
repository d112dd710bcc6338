import type { TaskSet, TaskSetService } from '#core/model/task-set.ts';
import { aDeployment, aService } from './a-service.ts';

/** A task set with everything its service desires. */
export const aTaskSet = (id: string, overrides: Partial<TaskSet> = {}): TaskSet => ({
  deployment: aDeployment({ id }),
  status: 'ACTIVE',
  scale: 100,
  echo: {},
  tags: [],
  updatedAt: 0,
  ...overrides,
});

/** A service with the EXTERNAL controller and no task sets. */
export const aTaskSetService = (overrides: Partial<TaskSetService> = {}): TaskSetService => {
  const { deployment: _deployment, scheduler: _scheduler, ...members } = aService();
  return { ...members, scheduler: 'task-sets', taskSets: [], spentTokens: [], ...overrides };
};
