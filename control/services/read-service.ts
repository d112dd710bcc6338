import type { SlotChunk } from '#core/model/service.ts';
import type { AnyService } from '#core/model/task-set.ts';
import { type ServiceSnapshot, slotName } from '#core/service/service-snapshot.ts';
import { type PlacedSlot, slotsOf } from '#core/service/slots.ts';
import type { Dependencies } from '../dependencies.ts';
import { servicePartition, slotsPrefix } from '../keys.ts';
import {
  observations,
  read,
  readAll,
  readMany,
  type ServiceId,
  serviceStates,
  services,
  slotChunks,
  tasks,
  type Versioned,
} from '../records.ts';
import { serviceTaskId } from './service-task.ts';

/** How many tasks that no agent has reported are asked why; a service shows one reason. */
const ASKED_WHY = 100;

/** What was read of a service, with the versions a plan's writes must name. */
export interface ServiceReading {
  readonly id: ServiceId;
  readonly snapshot: ServiceSnapshot<AnyService>;
  readonly serviceVersion: number;
  readonly stateVersion: number | undefined;
  readonly chunks: readonly Versioned<SlotChunk>[];
}

/** Reads everything one decision about a service looks at; undefined when there is no such service. */
export async function readService(deps: Dependencies, id: ServiceId): Promise<ServiceReading | undefined> {
  const [service, state] = await Promise.all([read(deps.store, services, id), read(deps.store, serviceStates, id)]);
  if (!service) return undefined;
  // Invariant: the state is read before the slots. Whoever starts or stops tasks moves the state's version, so slots that
  // are older than the state, as a worker that stood still between two reads could have them, would pass the commit.
  const chunks = await readAll(deps.store, slotChunks, {
    pk: servicePartition(id.cluster, id.service),
    prefix: slotsPrefix,
  });
  const flux = slotsOf(chunks.map(({ value }) => value)).filter((slot) => slot.phase === 'started');
  return {
    id,
    snapshot: {
      service: service.value,
      state: state?.value,
      chunks: chunks.map(({ value }) => value),
      ...(await readFlux(deps, id, flux)),
    },
    serviceVersion: service.version,
    stateVersion: state?.version,
    chunks,
  };
}

/** Only tasks on their way are looked at one by one; a steady service of any size reads its slots alone. */
async function readFlux(
  deps: Dependencies,
  { cluster, service }: ServiceId,
  flux: readonly PlacedSlot[],
): Promise<Pick<ServiceSnapshot, 'seenRunning' | 'unplaced'>> {
  const ids = flux.map((slot) => ({ cluster, taskId: serviceTaskId(deps, cluster, { service, ...slot }, slot.epoch) }));
  const observed = await readMany(deps.store, observations, ids);
  const running = flux.filter((_, position) => observed[position]?.value.status === 'RUNNING');
  const unseen = ids.filter((_, position) => !observed[position]);
  // The slots that started last, for tasks are placed oldest first. A task that waits behind them is looked at when they
  // run and are no longer unseen, so its complaint comes later, and a large service is not read task by task meanwhile.
  const waiting = await readMany(deps.store, tasks, unseen.slice(-ASKED_WHY));
  return {
    seenRunning: new Set(running.map(slotName)),
    unplaced: waiting.flatMap((task) => (task?.value.unplaced ? [task.value.unplaced] : [])),
  };
}
