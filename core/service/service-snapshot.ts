import type { Unplaced } from '../model/placement.ts';
import type { Service, ServiceState, SlotChunk } from '../model/service.ts';
import type { HealthStatus } from '../model/task.ts';
import type { AnyService } from '../model/task-set.ts';
import type { DaemonHost } from './daemon-hosts.ts';
import type { Sites } from './sites.ts';

/** Everything one decision about a service looks at. */
export interface ServiceSnapshot<S extends AnyService = Service> {
  readonly service: S;
  readonly state: ServiceState | undefined;
  readonly chunks: readonly SlotChunk[];
  /** Slots in phase `started` whose agent reported RUNNING, as `slotName`. */
  readonly seenRunning: ReadonlySet<string>;
  /** What agents say of the health of tasks in flux, as `slotName`; a task that nothing checks is not in it. */
  readonly seenHealth?: ReadonlyMap<string, HealthStatus>;
  /** Why started tasks have no machine yet. */
  readonly unplaced: readonly Unplaced[];
  /** Daemons only: the machines that matter to it. */
  readonly hosts?: readonly DaemonHost[];
  /** Where the service's tasks are; read only when `sitesWanted` asks for it. */
  readonly sites?: Sites;
}

export const slotName = (slot: {
  readonly deployment: string;
  readonly index: number;
  readonly epoch: number;
}): string => `${slot.deployment}/${slot.index}/${slot.epoch}`;
