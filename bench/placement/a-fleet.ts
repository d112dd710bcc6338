import type { Reservation } from '#core/model/container-instance.ts';
import type { Task } from '#core/model/task.ts';

const ZONES = ['a', 'b', 'c'];
const HELD = 10;

/** Machines in three zones, each with ten tasks of other services on it and room for more. */
export const aFleet = (size: number): readonly Reservation[] =>
  Array.from({ length: size }, (_, machine) => ({
    instanceId: machine.toString(16).padStart(32, '0'),
    cluster: 'default',
    status: 'ACTIVE',
    agentEpoch: 1,
    schedulable: true,
    total: { cpu: 4_096, memory: 8_192 },
    attributes: { 'ecs.availability-zone': ZONES[machine % ZONES.length] ?? '' },
    tasks: Array.from({ length: HELD }, (_unused, task) => ({
      taskId: `${machine}-${task}`,
      epoch: 1,
      cpu: 128,
      memory: 256,
      group: `service:other-${(machine + task) % 50}`,
    })),
  }));

/** Tasks of one service, not placed yet, with the default strategy of a service. */
export const someTasks = (count: number): readonly Task[] =>
  Array.from({ length: count }, (_, index) => ({
    taskId: `new-${index}`,
    cluster: 'default',
    epoch: 1,
    slot: { service: 'web', deployment: 'ecs-svc/1', index },
    desiredStatus: 'RUNNING',
    definition: { family: 'web', revision: 1 },
    resources: { cpu: 128, memory: 256 },
    hostPorts: [],
    launchType: 'EC2',
    group: 'service:web',
    placementConstraints: [],
    placementStrategy: [],
    enableExecuteCommand: false,
    tags: [],
    createdAt: 0,
  }));
