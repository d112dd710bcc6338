import type { Resources } from '../model/resources.ts';

/** A machine that holds tasks of a service, as far as decisions about the service look at it. */
export interface Site {
  readonly instanceId: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** What its tasks leave of it. */
  readonly free: Resources;
}

/** One task on its machine. */
export interface SitedTask {
  readonly site: Site;
  /** What the machine gets back when the task is gone. */
  readonly share: Resources;
}

/**
 * Where a service's tasks are. It may be a moment old, so it is advice: it decides which task stops, never whether one
 * may.
 */
export interface Sites {
  /** By `slotName`; a task without a machine is missing. */
  readonly tasks: ReadonlyMap<string, SitedTask>;
  /** The zones of the cluster's machines. */
  readonly zones: readonly string[];
  /** The zone that placement would choose for one more task; absent when no machine has room, or nobody asked. */
  readonly nextZone?: string;
}

export const ZONE = 'ecs.availability-zone';

/** Machines that name no zone share one, as they do for placement. */
export const zoneOf = ({ attributes }: Pick<Site, 'attributes'>): string => attributes[ZONE] ?? '';
