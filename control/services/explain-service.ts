import { Fault } from '#core/fault.ts';
import type { Service } from '#core/model/service.ts';
import { serviceLimits } from '#core/service/limits.ts';
import { countPhase, isWanted, type PlacedSlot, slotsOf } from '#core/service/slots.ts';
import { deploymentSpecs, wantedCount } from '#core/service/task-sets.ts';
import type { Dependencies } from '../dependencies.ts';
import { explainTask, type TaskExplanation } from '../placement/explain-task.ts';
import { describeTasks } from '../tasks/read-tasks.ts';
import { readService, type ServiceReading } from './read-service.ts';
import { serviceTaskId } from './service-task.ts';

/** Tasks looked at one by one; a service's tasks are alike, so the first ones speak for the others. */
const MAX_TASKS = 20;

/** A slot that waits after failures. */
export interface BackingOff {
  readonly index: number;
  readonly failures: number;
  /** Epoch ms. */
  readonly until: number;
  /** The task that failed last. */
  readonly lastTask: string;
}

export interface ServiceExplanation {
  readonly status: Service['status'];
  readonly desired: number;
  readonly running: number;
  /** Tasks that are wanted and do not run, at most MAX_TASKS of them. */
  readonly tasks: readonly TaskExplanation[];
  readonly backingOff: readonly BackingOff[];
  /** Tasks that must stop before others may start: the service is at its maximumPercent. */
  readonly stopping: number;
  readonly isAtMaximum: boolean;
}

/** Why a service does not run what it should. Faults: ServiceNotFound. */
export async function explainService(deps: Dependencies, cluster: string, name: string): Promise<ServiceExplanation> {
  const reading = await readService(deps, { cluster, service: name });
  if (!reading) throw new Fault('ServiceNotFound', 'Service not found.');
  const { service, chunks } = reading.snapshot;
  const slots = slotsOf(chunks);
  const idOf = (slot: PlacedSlot): string => serviceTaskId(deps, cluster, { service: name, ...slot }, slot.epoch);
  const started = slots.filter((slot) => slot.phase === 'started').slice(0, MAX_TASKS);
  const views = await describeTasks(deps, cluster, started.map(idOf));
  const tasks = await Promise.all(views.flatMap((view) => (view ? [explainTask(deps, view)] : [])));
  return {
    status: service.status,
    desired: wantedCount(service),
    running: countPhase(slots, 'running'),
    tasks: tasks.filter(({ state }) => state !== 'running'),
    backingOff: backingOff(reading, slots, idOf, deps.clock.now()),
    stopping: countPhase(slots, 'stopping'),
    // Task sets have what they are scaled to, whatever the maximum says.
    isAtMaximum: service.scheduler !== 'task-sets' && slots.filter(isWanted).length >= serviceLimits(service).maximum,
  };
}

const backingOff = (
  { snapshot: { service } }: ServiceReading,
  slots: readonly PlacedSlot[],
  idOf: (slot: PlacedSlot) => string,
  now: number,
): readonly BackingOff[] =>
  slots
    .filter(({ phase }) => phase === 'empty')
    .filter(({ deployment }) => deploymentSpecs(service).some(({ id }) => id === deployment))
    .flatMap((slot) => {
      const { index, failures, notBefore = 0 } = slot;
      return notBefore > now ? [{ index, failures, until: notBefore, lastTask: idOf(slot) }] : [];
    });
