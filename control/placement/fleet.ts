import type { Reservation } from '#core/model/container-instance.ts';
import type { Clock, StateStore } from '../ports.ts';

/** One instance as placement sees it. */
export interface FleetMember {
  readonly reservation: Reservation;
  /** Version a write on the reservation must name. */
  readonly version: number;
  /** False once its lease ran out, whether or not it was declared lost yet. */
  readonly connected: boolean;
}

export interface FleetCache {
  /** The instances of a cluster; may be a moment old unless `fresh`. */
  load(
    deps: { readonly store: StateStore; readonly clock: Clock },
    cluster: string,
    options?: { readonly fresh?: boolean },
  ): Promise<readonly FleetMember[]>;
  /** Takes in a reservation this process committed or met in a conflict; older versions are ignored. */
  learn(reservation: Reservation, version: number): void;
}
