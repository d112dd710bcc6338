import type { Json } from '../json.ts';

export type DeploymentStrategy = 'ROLLING' | 'BLUE_GREEN' | 'LINEAR' | 'CANARY';

/** Where a deployment stands that shifts traffic: the words of ECS, in their order. */
export type LifecycleStage =
  | 'RECONCILE_SERVICE'
  | 'PRE_SCALE_UP'
  | 'SCALE_UP'
  | 'POST_SCALE_UP'
  | 'TEST_TRAFFIC_SHIFT'
  | 'POST_TEST_TRAFFIC_SHIFT'
  | 'PRE_PRODUCTION_TRAFFIC_SHIFT'
  | 'PRODUCTION_TRAFFIC_SHIFT'
  | 'POST_PRODUCTION_TRAFFIC_SHIFT'
  | 'BAKE_TIME'
  | 'CLEAN_UP';

export type HookAction = 'CONTINUE' | 'ROLLBACK';

/** Something to wait for at stages of a deployment, as it was sent. Only PAUSE hooks get this far. */
export interface LifecycleHook {
  readonly targetType?: 'AWS_LAMBDA' | 'PAUSE';
  readonly lifecycleStages?: readonly string[];
  readonly timeoutConfiguration?: { readonly timeoutInMinutes?: number; readonly action?: HookAction };
  readonly hookTargetArn?: string;
  readonly roleArn?: string;
  readonly hookDetails?: Json;
}

/** How a deployment replaces the one before: these members of ECS's `deploymentConfiguration`, as they were sent. */
export interface RolloutConfiguration {
  /** Absent means ROLLING. */
  readonly strategy?: DeploymentStrategy;
  readonly bakeTimeInMinutes?: number;
  readonly lifecycleHooks?: readonly LifecycleHook[];
  readonly linearConfiguration?: { readonly stepPercent?: number; readonly stepBakeTimeInMinutes?: number };
  readonly canaryConfiguration?: { readonly canaryPercent?: number; readonly canaryBakeTimeInMinutes?: number };
  readonly earlySuccessCriteria?: {
    readonly enable: boolean;
    readonly healthyPercent?: number;
    readonly sourceServiceRevisionCleanup?: 'BLOCKING' | 'DEFERRED';
  };
}

/** One stop of a deployment at a PAUSE hook. */
export interface HookExecution {
  /** Unique for each stop: an answer can not meet a later one. */
  readonly hookId: string;
  readonly status: 'AWAITING_ACTION' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  readonly expiresAt: number;
  readonly timeoutAction: HookAction;
}

/** ContinueServiceDeployment's answer to one stop. */
export interface HookAnswer {
  readonly hookId: string;
  readonly action: HookAction;
}

/** The share of traffic, in percent, that the new revision is to get; the rest goes to the one before. */
export interface TrafficShare {
  readonly production: number;
  readonly test: number;
  /** Grows with every change within one service, so that a router can tell old from new. */
  readonly sequence: number;
  /** Whether the router is known to do so. */
  readonly applied: boolean;
}

/**
 * How far a deployment has come that runs its tasks (green) beside those of its source (blue) and shifts traffic.
 * Invariant: a share is recorded before the router hears of it, and nothing is built on it before it is applied.
 */
export interface TrafficShift {
  /** The service's configuration when the deployment began; later changes are for the next one. */
  readonly configuration: RolloutConfiguration;
  /** The deployment it replaces; absent for the first of a service, which has nothing to go back to. */
  readonly source?: string;
  readonly stage: LifecycleStage;
  /** When the stage, or the step of traffic in it, began. */
  readonly stageSince: number;
  /** The stops at this stage. */
  readonly hooks: readonly HookExecution[];
  /** How often the deployment has stopped at a hook so far. */
  readonly hooksMet: number;
  readonly traffic: TrafficShare;
  /** Why it is taken back: its tasks stop when the traffic is back at the source. */
  readonly takenBack?: string;
}

/** Which share of a service's traffic goes to which of its deployments, in percent. */
export interface TrafficSplit {
  /** Of two splits of one service the one with the greater sequence is the newer. */
  readonly sequence: number;
  readonly shares: readonly { readonly deployment: string; readonly production: number; readonly test: number }[];
}
