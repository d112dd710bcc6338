import type { ServiceState, SlotChunk } from '#core/model/service.ts';
import type { AnyService } from '#core/model/task-set.ts';
import { desiredCountOf } from '#core/service/desired-count.ts';
import { countPhase } from '#core/service/slots.ts';
import type { Dependencies } from '../dependencies.ts';
import type { DeploymentCounts, ServiceView } from '../intents.ts';
import { serviceEntryKey, serviceEventsPrefix, servicePartition, servicesPartition, slotsPrefix } from '../keys.ts';
import type { StateStore } from '../ports.ts';
import {
  asRecord,
  read,
  readAll,
  serviceEntries,
  serviceEvents,
  serviceStates,
  services,
  slotChunks,
} from '../records.ts';
import { readHosts } from './read-hosts.ts';

const MAX_EVENTS = 100;

/** Services with their scheduler's state, slot counts and newest events, in the order asked for. */
export async function describeServices(
  deps: Pick<Dependencies, 'store'>,
  cluster: string,
  names: readonly string[],
): Promise<readonly (ServiceView | undefined)[]> {
  return Promise.all(names.map((name) => describeService(deps, cluster, name)));
}

async function describeService(
  { store }: Pick<Dependencies, 'store'>,
  cluster: string,
  name: string,
): Promise<ServiceView | undefined> {
  const id = { cluster, service: name };
  const pk = servicePartition(cluster, name);
  // The intent is read first: a state read later can only be newer than the intent, never hide a deployment.
  const service = await read(store, services, id);
  if (!service) return undefined;
  const [state, chunks, events] = await Promise.all([
    read(store, serviceStates, id),
    readAll(store, slotChunks, { pk, prefix: slotsPrefix }),
    store.query({ pk, prefix: serviceEventsPrefix, reverse: true, limit: MAX_EVENTS }),
  ]);
  return {
    service: service.value,
    desiredCount: await countDesired(store, service.value, state?.value),
    ...(state ? { state: state.value } : {}),
    counts: countDeployments(chunks.map(({ value }) => value)),
    // A service made again under an old name starts with a clean log.
    events: events.items
      .map((item) => asRecord(serviceEvents, item).value)
      .filter((event) => event.createdAt >= service.value.createdAt),
  };
}

/**
 * A daemon the worker has not looked at yet is counted here: whoever waits for it to be stable would otherwise see that
 * it wants nothing and has nothing.
 */
async function countDesired(store: StateStore, service: AnyService, state: ServiceState | undefined): Promise<number> {
  const isKnown = service.scheduler !== 'daemons' || state?.generation === service.generation;
  if (isKnown || service.status !== 'ACTIVE') return desiredCountOf(service, state);
  const { hosts = [] } = await readHosts({ store }, service);
  return hosts.filter((host) => host.state === 'ready').length;
}

/** Counts come from the slots, which change in the very transactions that start and stop tasks. */
export function countDeployments(chunks: readonly SlotChunk[]): readonly DeploymentCounts[] {
  const ids = [...new Set(chunks.map((chunk) => chunk.deployment))];
  return ids.map((deployment) => {
    const own = chunks.filter((chunk) => chunk.deployment === deployment);
    const slots = own.flatMap((chunk) => chunk.slots);
    return {
      deployment,
      running: countPhase(slots, 'running'),
      pending: countPhase(slots, 'started'),
      stopping: countPhase(slots, 'stopping'),
      failed: own.reduce((total, chunk) => total + chunk.failedTasks, 0),
    };
  });
}

/** Names of the cluster's services, INACTIVE ones included: the caller filters what it shows. */
export async function listServices(
  deps: Pick<Dependencies, 'store'>,
  cluster: string,
  page: { readonly after?: string; readonly limit: number },
): Promise<{ readonly names: readonly string[]; readonly next?: string }> {
  const after = page.after === undefined ? {} : { after: serviceEntryKey(cluster, page.after).sk };
  const answer = await deps.store.query({ pk: servicesPartition(cluster), limit: page.limit, ...after });
  const names = answer.items.map((item) => asRecord(serviceEntries, item).value.name);
  const last = names[names.length - 1];
  return { names, ...(answer.next !== undefined && last !== undefined ? { next: last } : {}) };
}
