import type { Tag } from './tag.ts';

/** One entry of a capacity provider strategy, defaults filled. */
export interface StrategyItem {
  readonly capacityProvider: string;
  /** How many tasks it takes before weights count; at most one item has some. */
  readonly base: number;
  /** Its share of all further tasks; one without any takes its base only. */
  readonly weight: number;
}

export type CapacityProviderStrategy = readonly StrategyItem[];

type Switch = 'ENABLED' | 'DISABLED';

/** A provider's Auto Scaling group and how it is to be scaled, with ECS's defaults filled. */
export interface AutoScalingGroupProvider {
  readonly autoScalingGroupArn: string;
  readonly managedScaling: {
    readonly status: Switch;
    readonly targetCapacity: number;
    readonly minimumScalingStepSize: number;
    readonly maximumScalingStepSize: number;
    readonly instanceWarmupPeriod: number;
  };
  readonly managedTerminationProtection: Switch;
  readonly managedDraining: Switch;
}

/** A capacity provider somebody made; FARGATE and FARGATE_SPOT are there without. INACTIVE ones stay describable. */
export interface CapacityProvider {
  readonly name: string;
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly updateStatus: 'CREATE_COMPLETE' | 'UPDATE_COMPLETE' | 'DELETE_COMPLETE' | 'DELETE_FAILED';
  readonly updateStatusReason?: string;
  readonly autoScalingGroup: AutoScalingGroupProvider;
  /** Invariant: exactly the clusters that list it among their providers; both change in one transaction. */
  readonly clusters: readonly string[];
  readonly tags: readonly Tag[];
}
