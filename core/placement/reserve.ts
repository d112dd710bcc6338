import type { HeldTask, Reservation } from '../model/container-instance.ts';
import type { Resources } from '../model/resources.ts';
import type { Task } from '../model/task.ts';

/** What `tasks` leave of the machine. */
export function freeResources({ total, tasks }: Reservation): Resources {
  let { cpu, memory } = total;
  for (const held of tasks) {
    cpu -= held.cpu;
    memory -= held.memory;
  }
  return { cpu, memory };
}

/** The reservation with one more task. Whether it fits is placement's question, not this one's. */
export const hold = (reservation: Reservation, task: Task): Reservation => ({
  ...reservation,
  tasks: [...reservation.tasks, heldTask(task)],
});

/** StartTask pins tasks to instances, too, but those have no slot. */
export const isDaemonTask = ({ slot, pinnedTo }: Task): boolean => slot !== undefined && pinnedTo !== undefined;

const heldTask = (task: Task): HeldTask => ({
  taskId: task.taskId,
  epoch: task.epoch,
  cpu: task.resources.cpu,
  memory: task.resources.memory,
  group: task.group,
  ...(isDaemonTask(task) ? { daemon: true } : {}),
  ...(task.hostPorts.length > 0 ? { ports: task.hostPorts } : {}),
});

/** The reservation without these tasks; ids it does not hold are ignored. */
export const release = (reservation: Reservation, taskIds: ReadonlySet<string>): Reservation => ({
  ...reservation,
  tasks: reservation.tasks.filter((held) => !taskIds.has(held.taskId)),
});

/**
 * The reservation telling the agent to stop these tasks, within `grace` seconds where somebody said so; they keep their resources
 * until they are gone.
 */
export const markStopping = (reservation: Reservation, taskIds: ReadonlySet<string>, grace?: number): Reservation => ({
  ...reservation,
  tasks: reservation.tasks.map((held) =>
    taskIds.has(held.taskId) ? { ...held, stop: true, ...(grace === undefined ? {} : { grace }) } : held,
  ),
});
