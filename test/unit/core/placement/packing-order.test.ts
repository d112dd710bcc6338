import { expect, test } from 'vitest';
import type { Task } from '#core/model/task.ts';
import { packingOrder } from '#core/placement/packing-order.ts';
import { candidate, task } from './builders.ts';

const BINPACK = { placementStrategy: [{ type: 'binpack', field: 'memory' }] } as const;
const fleet = [candidate('a', { total: { cpu: 4_096, memory: 8_192 } })];
const sized = (taskId: string, cpu: number, memory: number, change: Partial<Task> = {}): Task =>
  task(taskId, { ...BINPACK, resources: { cpu, memory }, ...change });
const order = (...tasks: readonly Task[]) => packingOrder(tasks, fleet).map(({ taskId }) => taskId);

test('tasks to be packed that came together, are asked by what they take most of the fleet of', () => {
  expect(order(sized('small', 128, 256), sized('much-memory', 128, 4_096), sized('most-cpu', 3_072, 256))).toEqual([
    'most-cpu',
    'much-memory',
    'small',
  ]);
});

test('a larger task that came later, does not go before those that were there', () => {
  expect(order(sized('large', 4_096, 8_192, { createdAt: 60_000 }), sized('old', 128, 256))).toEqual(['old', 'large']);
});

test('tasks that are not to be packed, keep their places', () => {
  const spread = (taskId: string) => task(taskId, { resources: { cpu: 64, memory: 64 } });
  expect(order(spread('first'), sized('small', 64, 64), spread('middle'), sized('large', 512, 512))).toEqual([
    'first',
    'large',
    'middle',
    'small',
  ]);
});
