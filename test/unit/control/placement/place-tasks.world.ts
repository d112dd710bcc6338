import { openSqliteStore } from '#adapters/sqlite/state-store.ts';
import type { Dependencies } from '#control/dependencies.ts';
import { unplacedIndexKey } from '#control/keys.ts';
import { createFleetCache } from '#control/placement/fleet-cache.ts';
import type { CapacityPolicy, CapacityProvider, Log, Machine, MachinePool, StateStore, Write } from '#control/ports.ts';
import { definitions, leases, put, read, reservations, tasks } from '#control/records.ts';
import type { Reservation } from '#core/model/container-instance.ts';
import type { Task } from '#core/model/task.ts';
import { timingsAt } from '#core/timings.ts';
import type { BellMessage } from '#events/agent-wire.ts';
import type { WorkItem } from '#events/work-item.ts';
import { seededIds } from '#test/support/seeded-ids.ts';
import { steppedClock } from '#test/support/stepped-clock.ts';

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Machines that exist because they were asked for. */
class PretendCapacity implements CapacityProvider {
  readonly machines = new Map<string, Machine['state']>();
  /** Which provider each was launched for; those of the default pool are not in it. */
  readonly providers = new Map<string, string>();
  bounds: CapacityPolicy | undefined;
  /** When set, launching fails this way. */
  trouble: Error | undefined;
  policy = ({ capacityProvider }: MachinePool) =>
    this.bounds && (capacityProvider === undefined ? this.bounds : { ...this.bounds, min: 0, standby: 0 });
  list = async ({ capacityProvider }: MachinePool) =>
    [...this.machines]
      .filter(([machineId]) => this.providers.get(machineId) === capacityProvider)
      .map(([machineId, state]) => ({ machineId, state }));
  launch = async ({ capacityProvider }: MachinePool, machineId: string) => {
    if (this.trouble) throw this.trouble;
    this.machines.set(machineId, 'running');
    if (capacityProvider !== undefined) this.providers.set(machineId, capacityProvider);
  };
  terminate = async (_pool: MachinePool, machineId: string) => {
    this.machines.delete(machineId);
  };
}

/** The store with its writes counted; `before` runs ahead of each transaction, to let another writer in. */
function watched(store: StateStore) {
  const seen = { writes: 0, reads: 0, before: async (_writes: readonly Write[]): Promise<void> => {} };
  const watching: StateStore = {
    get: (key) => store.get(key),
    getMany: (keys) => store.getMany(keys),
    queryIndex: (query) => store.queryIndex(query),
    query: (query) => {
      seen.reads += 1;
      return store.query(query);
    },
    transact: async (writes) => {
      await seen.before(writes);
      seen.writes += writes.length;
      return store.transact(writes);
    },
  };
  return { seen, watching };
}

/** Dependencies over a store in memory, with what went out recorded. */
export function world() {
  const clock = steppedClock();
  const direct = openSqliteStore({ path: ':memory:', clock });
  const { seen, watching } = watched(direct);
  const sent: WorkItem[] = [];
  const rung: BellMessage[] = [];
  const capacity = new PretendCapacity();
  const deps: Dependencies = {
    scope: { accountId: '123456789012', region: 'eu-central-1' },
    store: watching,
    queue: { send: async (messages) => void sent.push(...messages.map(({ work }) => work)) },
    channel: {
      open: async () => {},
      close: async () => {},
      ring: async (_instanceId, message) => void rung.push(message),
    },
    capacity,
    fleet: createFleetCache({ maxAgeMs: 1_000 }),
    clock,
    ids: seededIds('placement'),
    log: silent,
    timings: timingsAt(),
  };
  const write = async (...writes: readonly Write[]): Promise<void> => {
    const outcome = await direct.transact(writes);
    if (outcome.kind === 'conflict') throw new Error('the test itself met a conflict');
  };
  return { deps, clock, direct, seen, sent, rung, capacity, write, ...builders(direct, write, clock.now) };
}

type WriteAll = (...writes: readonly Write[]) => Promise<void>;

function builders(store: StateStore, write: WriteAll, now: () => number) {
  return {
    /** A waiting task, in the index as its maker leaves it. */
    addWaiting: async (task: Task): Promise<void> => {
      const index = unplacedIndexKey(task.cluster, task.createdAt, task.taskId);
      await write(put(tasks, task, task, 'absent', { index }));
    },
    addInstance: async (reservation: Reservation): Promise<void> => {
      const { instanceId, agentEpoch } = reservation;
      const lease = { instanceId, agentEpoch, expiresAt: now() + 20_000 };
      await write(put(reservations, reservation, reservation, 'absent'), put(leases, reservation, lease, 'absent'));
    },
    addDefinition: async (): Promise<void> => {
      const document = { family: 'web', containerDefinitions: [{ name: 'app', image: 'busybox' }] };
      const definition = {
        family: 'web',
        revision: 1,
        status: 'ACTIVE',
        document,
        compatibilities: [],
        tags: [],
        registeredAt: 0,
        registeredBy: '',
      };
      await write(put(definitions, { family: 'web', revision: 1 }, definition as never, 'absent'));
    },
    taskNow: async (taskId: string) => (await read(store, tasks, { cluster: 'default', taskId }))?.value,
    reservationNow: async (instanceId: string) => read(store, reservations, { cluster: 'default', instanceId }),
  };
}
