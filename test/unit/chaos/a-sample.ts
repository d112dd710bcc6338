import type { Registration, Reservation } from '#core/model/container-instance.ts';
import type { Task, TaskObservation } from '#core/model/task.ts';
import { timingsAt } from '#core/timings.ts';
import type { Committed } from '#test/chaos/committed.ts';
import { Promises } from '#test/chaos/promises.ts';
import type { RealContainer } from '#test/chaos/reality.ts';
import type { Sample } from '#test/chaos/sample.ts';
import { aService } from '#test/support/a-service.ts';
import { aTask } from '#test/support/a-task.ts';

export const TASK = 'a'.repeat(32);
export const MACHINE = 'm0';
export const INSTANCE = 'i0';

export const aRealContainer = (change: Partial<RealContainer> = {}): RealContainer => ({
  name: `${TASK}.1.main`,
  taskId: TASK,
  epoch: 1,
  identity: 'first',
  isRunning: true,
  machine: MACHINE,
  ...change,
});

export const aHeldTask = (change: Partial<Task> = {}): Task => ({
  ...aTask(),
  taskId: TASK,
  epoch: 1,
  desiredStatus: 'RUNNING',
  assignment: { instanceId: INSTANCE, at: 0 },
  ...change,
});

export const anObservation = (status: TaskObservation['status']): TaskObservation => ({
  taskId: TASK,
  epoch: 1,
  status,
  containers: [],
  updates: 1,
});

export const aReservation = (change: Partial<Reservation> = {}): Reservation => ({
  instanceId: INSTANCE,
  cluster: 'default',
  status: 'ACTIVE',
  agentEpoch: 1,
  schedulable: true,
  total: { cpu: 100, memory: 100 },
  attributes: {},
  tasks: [{ taskId: TASK, epoch: 1, cpu: 16, memory: 16, group: 'service:web' }],
  ...change,
});

/** One task that runs where it should, and nothing wrong. */
export function aCommitted(
  change: {
    readonly task?: Task;
    readonly observation?: TaskObservation;
    readonly reservation?: Reservation;
    readonly service?: Partial<ReturnType<typeof aService>>;
  } = {},
): Committed {
  const service = { ...aService(), name: 'web', ...change.service };
  const registration: Registration = {
    ...{
      instanceId: INSTANCE,
      cluster: 'default',
      publicKey: '',
      hostname: MACHINE,
      runtime: 'process',
      agentVersion: '0',
    },
    ...{ attributes: {}, total: { cpu: 100, memory: 100 }, registeredAt: 0, tags: [] },
  };
  return {
    tasks: new Map([[TASK, change.task ?? aHeldTask()]]),
    observations: new Map([[TASK, change.observation ?? anObservation('RUNNING')]]),
    services: new Map([['web', service]]),
    registrations: new Map([[INSTANCE, registration]]),
    reservations: new Map([[INSTANCE, change.reservation ?? aReservation()]]),
    leases: new Map([[INSTANCE, { instanceId: INSTANCE, agentEpoch: 1, expiresAt: 10_000 }]]),
    slots: new Map(),
    writes: 0,
  };
}

export const aSample = (change: Partial<Sample> = {}): Sample => ({
  at: 0,
  now: 0,
  containers: [aRealContainer()],
  committed: aCommitted(),
  machines: [
    {
      name: MACHINE,
      clearSince: Number.NEGATIVE_INFINITY,
      engineClearSince: Number.NEGATIVE_INFINITY,
      forgotAt: Number.NEGATIVE_INFINITY,
      pulse: [],
    },
  ],
  servingSince: Number.NEGATIVE_INFINITY,
  rightTimeSince: Number.NEGATIVE_INFINITY,
  timings: timingsAt(),
  promises: new Promises(),
  killed: new Set(),
  isStarved: false,
  ...change,
});
