import type { HeldTask } from '#core/model/container-instance.ts';
import type { SlotPhase } from '#core/model/service.ts';
import type { LaunchType } from '#core/model/task-definition.ts';
import type { AnyService } from '#core/model/task-set.ts';
import { countPhase } from '#core/service/slots.ts';
import { deploymentSpecs, launchTypeOf } from '#core/service/task-sets.ts';
import type { Dependencies } from '../dependencies.ts';
import { servicePartition, servicesPartition, slotsPrefix, unplacedPartition } from '../keys.ts';
import {
  asRecord,
  observations,
  read,
  readAll,
  readMany,
  serviceEntries,
  serviceStates,
  services,
  slotChunks,
  tasks,
} from '../records.ts';

type Deps = Pick<Dependencies, 'store' | 'clock' | 'fleet'>;

/** How many of something there are, by launch type. */
export type Tally = Readonly<Partial<Record<LaunchType, number>>>;

export interface ClusterCounts {
  /** Instances that are not INACTIVE. */
  readonly instances: number;
  readonly running: Tally;
  readonly pending: Tally;
  readonly activeServices: Tally;
  readonly drainingServices: Tally;
}

export const sum = (tally: Tally): number => Object.values(tally).reduce((total, count) => total + count, 0);

/**
 * Counts without looking at a service's tasks one by one: they are in its slots, 64 to an item. Standalone tasks are
 * those that instances hold for no service, and those that wait. So what it reads grows with instances, services and
 * standalone tasks that are alive; neither with the tasks of services nor with tasks that have stopped.
 * A task on its way to its end is neither running nor pending.
 */
export async function countCluster(deps: Deps, cluster: string): Promise<ClusterCounts> {
  const [found, fleet] = await Promise.all([readServices(deps, cluster), deps.fleet.load(deps, cluster)]);
  const groups = new Set(found.map(({ name }) => `service:${name}`));
  const held = fleet.flatMap(({ reservation }) => reservation.tasks).filter(({ group }) => !groups.has(group));
  const alive = found.filter(({ status }) => status !== 'INACTIVE');
  const counted = await Promise.all([
    countHeld(deps, cluster, held),
    countWaiting(deps, cluster),
    ...alive.map((service) => countSlots(deps, service)),
  ]);
  const withStatus = (status: AnyService['status']): readonly Share[] =>
    alive.filter((service) => service.status === status).map((service) => [launchTypeOf(service), 1]);
  return {
    instances: fleet.length,
    running: tallyOf(counted.flatMap(({ running }) => running)),
    pending: tallyOf(counted.flatMap(({ pending }) => pending)),
    activeServices: tallyOf(withStatus('ACTIVE')),
    drainingServices: tallyOf(withStatus('DRAINING')),
  };
}

/** So many of one launch type. */
type Share = readonly [launchType: LaunchType, count: number];

interface TaskShares {
  readonly running: readonly Share[];
  readonly pending: readonly Share[];
}

async function readServices({ store }: Deps, cluster: string): Promise<readonly AnyService[]> {
  const entries = await readAll(store, serviceEntries, { pk: servicesPartition(cluster) });
  const ids = entries.map(({ value }) => ({ cluster, service: value.name }));
  return (await readMany(store, services, ids)).flatMap((service) => (service ? [service.value] : []));
}

async function countSlots({ store }: Deps, service: AnyService): Promise<TaskShares> {
  const { cluster, name } = service;
  const [chunks, state] = await Promise.all([
    readAll(store, slotChunks, { pk: servicePartition(cluster, name), prefix: slotsPrefix }),
    read(store, serviceStates, { cluster, service: name }),
  ]);
  // The deployments of one service may differ in it.
  const specs = [...(state?.value.deployments ?? []), ...deploymentSpecs(service)];
  const launchTypes = new Map(specs.map(({ id, launchType }) => [id, launchType]));
  const shares = (phase: SlotPhase): readonly Share[] =>
    chunks.map(({ value }) => [
      launchTypes.get(value.deployment) ?? launchTypeOf(service),
      countPhase(value.slots, phase),
    ]);
  return { running: shares('running'), pending: shares('started') };
}

async function countHeld({ store }: Deps, cluster: string, held: readonly HeldTask[]): Promise<TaskShares> {
  const ids = held.filter(({ stop }) => !stop).map(({ taskId }) => ({ cluster, taskId }));
  const [found, observed] = await Promise.all([readMany(store, tasks, ids), readMany(store, observations, ids)]);
  const shares = (isRunning: boolean): readonly Share[] =>
    found.flatMap((task, position): readonly Share[] =>
      task && (observed[position]?.value.status === 'RUNNING') === isRunning ? [[task.value.launchType, 1]] : [],
    );
  return { running: shares(true), pending: shares(false) };
}

/** Standalone tasks without a machine; those of services are slots. */
async function countWaiting({ store }: Deps, cluster: string): Promise<TaskShares> {
  const pending: Share[] = [];
  let after: string | undefined;
  do {
    const page = await store.queryIndex({ pk: unplacedPartition(cluster), ...(after ? { after } : {}) });
    const waiting = page.items.map((item) => asRecord(tasks, item).value);
    pending.push(...waiting.filter(({ slot }) => !slot).map(({ launchType }): Share => [launchType, 1]));
    after = page.next;
  } while (after !== undefined);
  return { running: [], pending };
}

function tallyOf(shares: readonly Share[]): Tally {
  const tally: Partial<Record<LaunchType, number>> = {};
  for (const [launchType, count] of shares) tally[launchType] = (tally[launchType] ?? 0) + count;
  return tally;
}
