export interface PlacementStrategy {
  readonly type: 'random' | 'spread' | 'binpack';
  /** "instanceId", "host" or "attribute:NAME" for spread; "cpu" or "memory" for binpack. */
  readonly field?: string;
}

export interface PlacementConstraint {
  readonly type: 'distinctInstance' | 'memberOf';
  readonly expression?: string;
}

/** Why one instance cannot take one task: the reasons ECS reports in `failures[]`. */
export type RejectionReason =
  | 'AGENT'
  | 'INACTIVE'
  | 'DRAINING'
  | 'DEREGISTERING'
  | 'RESOURCE:CPU'
  | 'RESOURCE:MEMORY'
  | 'RESOURCE:PORTS'
  | 'RESOURCE:GPU'
  | 'RESOURCE:TASKS'
  | 'CAPACITY_PROVIDER'
  | 'ATTRIBUTE'
  | 'DISTINCT_INSTANCE';

/** Why a task is not placed: how many instances each reason ruled out. `considered` 0 means the cluster has none. */
export interface Unplaced {
  readonly considered: number;
  readonly rejected: Readonly<Partial<Record<RejectionReason, number>>>;
}
