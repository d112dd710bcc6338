import type { Task } from '#core/model/task.ts';

/** A standalone task of 256 CPU units and 512 MiB that waits for a machine. */
export const aTask = (overrides: Partial<Task> = {}): Task => ({
  taskId: 'a'.repeat(32),
  cluster: 'default',
  epoch: 1,
  desiredStatus: 'RUNNING',
  definition: { family: 'web', revision: 1 },
  resources: { cpu: 256, memory: 512 },
  hostPorts: [],
  launchType: 'EC2',
  group: 'family:web',
  placementConstraints: [],
  placementStrategy: [],
  enableExecuteCommand: false,
  tags: [],
  createdAt: 0,
  ...overrides,
});
