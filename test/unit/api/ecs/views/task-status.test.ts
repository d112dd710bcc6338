import { expect, test } from 'vitest';
import { lastStatus, waitingReason } from '#api/ecs/views/task-status.ts';
import type { TaskView } from '#control/intents.ts';
import type { ObservedStatus, Task } from '#core/model/task.ts';
import { aTask } from '#test/support/a-task.ts';

function view(task: Partial<Task>, status?: ObservedStatus): TaskView {
  const whole = aTask(task);
  const observation = { taskId: whole.taskId, epoch: 1, containers: [], updates: 1 };
  return { task: whole, version: 1, ...(status ? { observation: { ...observation, status } } : {}) };
}

const assignment = { instanceId: 'i', at: 0 };

test.each<[string, TaskView, string]>([
  ['without a machine', view({}), 'PROVISIONING'],
  ['given to a machine', view({ assignment }), 'PENDING'],
  ['that an agent is starting', view({ assignment }, 'PENDING'), 'PENDING'],
  ['that an agent runs', view({ assignment }, 'RUNNING'), 'RUNNING'],
  ['that runs and must stop', view({ assignment, desiredStatus: 'STOPPED' }, 'RUNNING'), 'STOPPING'],
  ['that must stop before it was seen', view({ assignment, desiredStatus: 'STOPPED' }), 'STOPPING'],
  ['that stopped by itself', view({ assignment }, 'STOPPED'), 'STOPPED'],
])('lastStatus, of a task %s, is as ECS names it', (_, task, status) => {
  expect(lastStatus(task)).toBe(status);
});

test('waitingReason, counts what ruled the instances out', () => {
  const unplaced = { considered: 3, rejected: { 'RESOURCE:CPU': 2, AGENT: 1 } };
  expect(waitingReason(view({ unplaced }))).toBe(
    'no container instance met all of its requirements: RESOURCE:CPU on 2 of 3, AGENT on 1 of 3',
  );
  expect(waitingReason(view({ unplaced: { considered: 0, rejected: {} } }))).toMatch(/no container instances/);
  expect(waitingReason(view({ unplaced, assignment }))).toBeUndefined();
});
