import type { Task } from '#core/model/task.ts';
import type { Wake } from '../ports.ts';

/** Wakes the service a task belongs to, at once or at `at` (epoch ms); a standalone task has nobody to wake. */
export function serviceOfTaskWake(task: Pick<Task, 'cluster' | 'slot'>, at?: number): { readonly wake?: Wake } {
  if (!task.slot) return {};
  const work = { kind: 'service', cluster: task.cluster, service: task.slot.service } as const;
  return { wake: at === undefined ? { work } : { work, at } };
}
