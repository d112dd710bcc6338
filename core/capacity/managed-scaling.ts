/** Where the CapacityProviderReservation shall be, and how far one step goes. */
export interface ScalingTarget {
  /** Percent of the machines that shall be needed, 1 to 100; below 100 the rest is kept free. */
  readonly targetCapacity: number;
  /** Fewest and most machines that one step adds. */
  readonly minimumStep: number;
  readonly maximumStep: number;
}

/**
 * How a capacity provider follows its CapacityProviderReservation.
 * Source: "Deep dive on Amazon ECS cluster auto scaling" and the ECS developer guide.
 */
export interface ManagedScaling extends ScalingTarget {
  /** Ms after a machine's launch in which the group does not shrink: what it was launched for may still come. */
  readonly warmup: number;
}

/** M and N: the machines that tasks need, running and waiting ones alike, and the machines there are. */
export interface MachineDemand {
  readonly needed: number;
  readonly present: number;
}

/** A group that is empty and needed has no ratio; this value makes it grow. */
const FROM_ZERO = 200;
const SATISFIED = 100;
/** No step takes away more than this share of the machines. */
const MAX_SHRINK = 0.5;

/** The metric CapacityProviderReservation, M / N x 100. */
export function capacityReservation({ needed, present }: MachineDemand): number {
  if (present > 0) return (needed / present) * 100;
  return needed > 0 ? FROM_ZERO : SATISFIED;
}

/** How many machines there should be after the next step towards the target. */
export function scaledMachines(demand: MachineDemand, scaling: ScalingTarget): number {
  const { needed, present } = demand;
  // Whole machines: the fewest of which no more than the target's share is needed.
  const wanted = Math.ceil((needed * 100) / scaling.targetCapacity);
  if (wanted > present) {
    return present + Math.min(scaling.maximumStep, Math.max(scaling.minimumStep, wanted - present));
  }
  return Math.max(wanted, present - Math.max(1, Math.floor(present * MAX_SHRINK)));
}
