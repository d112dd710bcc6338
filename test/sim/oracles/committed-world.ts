import type { Change } from '#adapters/sqlite/change-feed.ts';
import type { Item } from '#control/ports.ts';
import * as records from '#control/records.ts';
import { asRecord, type RecordType } from '#control/records.ts';
import type { Lease, Reservation } from '#core/model/container-instance.ts';
import type { Service, ServiceEvent, ServiceState, SlotChunk } from '#core/model/service.ts';
import type { Task, TaskObservation } from '#core/model/task.ts';

/** One committed change of one noun; both images are decoded once, for every oracle. */
export type Committed =
  | { readonly kind: 'task'; readonly now: Task; readonly old?: Task }
  | { readonly kind: 'observation'; readonly now: TaskObservation; readonly old?: TaskObservation }
  | { readonly kind: 'service'; readonly now: Service; readonly old?: Service }
  | { readonly kind: 'service-state'; readonly now: ServiceState; readonly old?: ServiceState }
  | {
      readonly kind: 'service-event';
      readonly now: ServiceEvent;
      readonly old?: ServiceEvent;
      readonly service: string;
    }
  | { readonly kind: 'slot-chunk'; readonly now: SlotChunk; readonly old?: SlotChunk }
  | { readonly kind: 'reservation'; readonly now: Reservation; readonly old?: Reservation }
  | { readonly kind: 'lease'; readonly now: Lease; readonly old?: Lease };

const NOUNS = {
  task: records.tasks,
  observation: records.observations,
  service: records.services,
  'service-state': records.serviceStates,
  'service-event': records.serviceEvents,
  'slot-chunk': records.slotChunks,
  reservation: records.reservations,
  lease: records.leases,
} as const;

export const slotKey = (service: string, deployment: string, index: number): string =>
  `${service}/${deployment}/${index}`;

/** Everything committed, folded from the change feed, with the counts that oracles ask for kept up to date. */
export class CommittedWorld {
  readonly tasks = new Map<string, Task>();
  readonly observations = new Map<string, TaskObservation>();
  readonly services = new Map<string, Service>();
  readonly serviceStates = new Map<string, ServiceState>();
  readonly reservations = new Map<string, Reservation>();
  readonly leases = new Map<string, Lease>();
  /** Number of each service's newest event. */
  readonly eventSequences = new Map<string, number>();
  /** Newest epoch of each slot, by `slotKey`; of slots that are no longer stored too. */
  readonly slotEpochs = new Map<string, number>();
  /** Ids of a service's tasks that are wanted RUNNING and were not seen STOPPED. */
  readonly #wanted = new Map<string, Set<string>>();

  /** Takes the change in; undefined for a deletion, and for kinds no oracle looks at. */
  fold({ new: item, old }: Change): Committed | undefined {
    const kind = (item ?? old)?.kind as keyof typeof NOUNS;
    if (!(kind in NOUNS)) return undefined;
    const now = item && this.#decode(kind, item);
    if (!now) return void this.#forget(kind, old);
    const before = old && this.#decode(kind, old);
    const service = item.key.pk.split('#')[2] ?? '';
    const change = { kind, now, ...(before ? { old: before } : {}), service } as unknown as Committed;
    this.#take(change);
    return change;
  }

  wanted(service: string): ReadonlySet<string> {
    return this.#wanted.get(service) ?? NONE;
  }

  isHealthy(taskId: string): boolean {
    const seen = this.observations.get(taskId);
    return seen?.status === 'RUNNING' && seen.healthStatus !== 'UNHEALTHY';
  }

  running(service: string): number {
    return [...this.wanted(service)].filter((taskId) => this.observations.get(taskId)?.status === 'RUNNING').length;
  }

  healthy(service: string): number {
    let count = 0;
    for (const taskId of this.wanted(service)) if (this.isHealthy(taskId)) count += 1;
    return count;
  }

  /** True while the instance's reservation holds the task, whether it is to run or to stop. */
  isHeld(instanceId: string, taskId: string): boolean {
    return this.reservations.get(instanceId)?.tasks.some((held) => held.taskId === taskId) ?? false;
  }

  #decode(kind: keyof typeof NOUNS, item: Item): unknown {
    return asRecord(NOUNS[kind] as RecordType<never, unknown>, item).value;
  }

  #take(change: Committed): void {
    switch (change.kind) {
      case 'task':
        this.tasks.set(change.now.taskId, change.now);
        this.#count(change.now);
        break;
      case 'observation':
        this.observations.set(change.now.taskId, change.now);
        this.#count(this.tasks.get(change.now.taskId));
        break;
      case 'service':
        this.services.set(change.now.name, change.now);
        break;
      case 'service-state':
        this.serviceStates.set(change.now.name, change.now);
        break;
      case 'service-event':
        this.eventSequences.set(change.service, change.now.sequence);
        break;
      case 'reservation':
        this.reservations.set(change.now.instanceId, change.now);
        break;
      case 'lease':
        this.leases.set(change.now.instanceId, change.now);
        break;
      case 'slot-chunk':
        for (const { index, epoch } of change.now.slots) {
          const key = slotKey(change.now.service, change.now.deployment, index);
          this.slotEpochs.set(key, Math.max(epoch, this.slotEpochs.get(key) ?? 0));
        }
        break;
      default:
        break;
    }
  }

  #count(task: Task | undefined): void {
    if (!task?.slot) return;
    const { service } = task.slot;
    const wanted = this.#wanted.get(service) ?? new Set();
    this.#wanted.set(service, wanted);
    const isWanted = task.desiredStatus === 'RUNNING' && this.observations.get(task.taskId)?.status !== 'STOPPED';
    if (isWanted) wanted.add(task.taskId);
    else wanted.delete(task.taskId);
  }

  /** Retention ends the tasks alone; everything else is kept. */
  #forget(kind: string, old: Item | undefined): void {
    if (!old || (kind !== 'task' && kind !== 'observation')) return;
    const { taskId } = this.#decode(kind, old) as { readonly taskId: string };
    if (kind === 'task') this.tasks.delete(taskId);
    else this.observations.delete(taskId);
  }
}

const NONE: ReadonlySet<string> = new Set();
