import type { Unplaced } from '../model/placement.ts';
import type { Service, ServiceState, SlotChunk } from '../model/service.ts';
import type { HealthStatus } from '../model/task.ts';

/** Everything one decision about a service looks at. */
export interface ServiceSnapshot {
  readonly service: Service;
  readonly state: ServiceState | undefined;
  readonly chunks: readonly SlotChunk[];
  /** Slots in phase `started` whose agent reported RUNNING, as `slotName`. */
  readonly seenRunning: ReadonlySet<string>;
  /** What agents say of the health of tasks in flux, as `slotName`; a task that nothing checks is not in it. */
  readonly seenHealth?: ReadonlyMap<string, HealthStatus>;
  /** Why started tasks have no machine yet. */
  readonly unplaced: readonly Unplaced[];
}

export const slotName = (slot: {
  readonly deployment: string;
  readonly index: number;
  readonly epoch: number;
}): string => `${slot.deployment}/${slot.index}/${slot.epoch}`;
