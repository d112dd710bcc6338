import type { HeldTask, Reservation } from '#core/model/container-instance.ts';
import type { Task } from '#core/model/task.ts';
import type { Candidate } from '#core/placement/place.ts';
import { aTask } from '#test/support/a-task.ts';

export const task = (taskId: string, changes: Partial<Task> = {}): Task => aTask({ taskId, ...changes });

export const held = (taskId: string, changes: Partial<HeldTask> = {}): HeldTask => ({
  taskId,
  epoch: 1,
  cpu: 256,
  memory: 512,
  group: 'family:web',
  ...changes,
});

export const reservation = (instanceId: string, changes: Partial<Reservation> = {}): Reservation => ({
  instanceId,
  cluster: 'default',
  status: 'ACTIVE',
  agentEpoch: 1,
  schedulable: true,
  total: { cpu: 1024, memory: 2048 },
  attributes: {},
  tasks: [],
  ...changes,
});

export const candidate = (instanceId: string, changes: Partial<Reservation> = {}, connected = true): Candidate => ({
  reservation: reservation(instanceId, changes),
  connected,
});
