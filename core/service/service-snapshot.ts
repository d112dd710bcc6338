import type { Unplaced } from '../model/placement.ts';
import type { Service, ServiceState, SlotChunk } from '../model/service.ts';
import type { AnyService } from '../model/task-set.ts';

/** Everything one decision about a service looks at. */
export interface ServiceSnapshot<S extends AnyService = Service> {
  readonly service: S;
  readonly state: ServiceState | undefined;
  readonly chunks: readonly SlotChunk[];
  /** Slots in phase `started` whose agent reported RUNNING, as `slotName`. */
  readonly seenRunning: ReadonlySet<string>;
  /** Why started tasks have no machine yet. */
  readonly unplaced: readonly Unplaced[];
}

export const slotName = (slot: {
  readonly deployment: string;
  readonly index: number;
  readonly epoch: number;
}): string => `${slot.deployment}/${slot.index}/${slot.epoch}`;
