import type { Reservation } from '#core/model/container-instance.ts';
import type { Claim } from '#core/placement/room.ts';
import type { Clock, StateStore } from '../ports.ts';

/** One instance as placement sees it. */
export interface FleetMember {
  readonly reservation: Reservation;
  /** Version a write on the reservation must name. */
  readonly version: number;
  /** False once its lease ran out, whether or not it was declared lost yet. */
  readonly connected: boolean;
  /** Room that daemons have not taken up yet; absent means none. */
  readonly claims?: readonly Claim[];
}

export interface FleetCache {
  /** The instances of a cluster; may be a moment old unless `fresh`. */
  load(
    deps: { readonly store: StateStore; readonly clock: Clock },
    cluster: string,
    options?: { readonly fresh?: boolean },
  ): Promise<readonly FleetMember[]>;
  /**
   * Runs `work`, a decision and its commit, when the cluster's earlier ones in this process are over. Each learns from
   * the one before, so that callers of one process never lose a race against each other. A courtesy, not a lock: other
   * processes decide at the same time, and the commit's conditions are what keeps every decision safe.
   */
  inTurn<T>(cluster: string, work: () => Promise<T>): Promise<T>;
  /** Takes in a reservation this process committed or met in a conflict; older versions are ignored. */
  learn(reservation: Reservation, version: number): void;
}
