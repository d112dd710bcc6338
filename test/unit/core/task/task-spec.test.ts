import { expect, test } from 'vitest';
import { taskSpec } from '#core/task/task-spec.ts';
import { aTask } from '#test/support/a-task.ts';
import { aTaskDefinition } from '#test/support/a-task-definition.ts';

const task = aTask({ epoch: 2 });
const scope = { accountId: '000000000000', region: 'us-east-1' };
const definition = aTaskDefinition({
  container: {
    name: 'app',
    image: 'app:1',
    command: ['serve'],
    environment: [
      { name: 'A', value: '1' },
      { name: 'B', value: '1' },
    ],
  },
});

test('task spec, overrides, replace the command and are laid over the environment', () => {
  const overrides = {
    containerOverrides: [{ name: 'app', command: ['once'], environment: [{ name: 'B', value: '2' }] }],
  };
  const spec = taskSpec(scope, { ...task, overrides }, definition);
  expect(spec.containers).toEqual([
    {
      name: 'app',
      image: 'app:1',
      command: ['once'],
      environment: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    },
  ]);
});

test('task spec, the same task twice, is the same text', () => {
  expect(JSON.stringify(taskSpec(scope, task, definition))).toBe(JSON.stringify(taskSpec(scope, task, definition)));
  expect(taskSpec(scope, task, definition)).toMatchObject({ epoch: 2, networkMode: 'bridge' });
});
