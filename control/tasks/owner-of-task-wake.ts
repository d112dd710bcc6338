import type { Task } from '#core/model/task.ts';
import type { WorkItem } from '#events/work-item.ts';
import type { Wake } from '../ports.ts';

type Owned = Pick<Task, 'cluster' | 'slot' | 'pod'>;

/** Wakes the service or the pod a task belongs to, at once or at `at` (epoch ms); a standalone task has nobody to wake. */
export function ownerOfTaskWake(task: Owned, at?: number): { readonly wake?: Wake } {
  const work = ownerWork(task);
  if (!work) return {};
  return { wake: at === undefined ? { work } : { work, at } };
}

/** A pod hears of everything that becomes of its task; a service has its slots for the rest. */
export const podOfTaskWake = (task: Owned): { readonly wake?: Wake } => (task.pod ? ownerOfTaskWake(task) : {});

function ownerWork({ cluster, slot, pod }: Owned): WorkItem | undefined {
  if (slot) return { kind: 'service', cluster, service: slot.service };
  if (!pod) return undefined;
  return { kind: 'object', cluster, resource: 'pods', namespace: pod.namespace, name: pod.name };
}
