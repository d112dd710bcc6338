import type { TrafficSplit } from '../model/rollout.ts';
import type { Deployment, DeploymentSpec, Rebalance } from '../model/service.ts';
import type { HealthStatus } from '../model/task.ts';
import type { TaskSetState } from '../model/task-set-state.ts';
import type { RebalanceNews } from './rebalance-messages.ts';

/** One thing the service worker does to a slot. Each carries the epoch it was decided for. */
export type ServiceAction =
  | {
      readonly kind: 'start';
      readonly deployment: string;
      readonly index: number;
      readonly epoch: number;
      /** Daemons only: the one instance the task is for. */
      readonly pinnedTo?: string;
    }
  | {
      readonly kind: 'stop';
      readonly deployment: string;
      readonly index: number;
      readonly epoch: number;
      /** True when the task was healthy: such a stop must leave the minimum behind (rule R18). */
      readonly healthy: boolean;
      /** It goes because it fails its health checks. */
      readonly isUnhealthy?: true;
    }
  | { readonly kind: 'fold-running'; readonly deployment: string; readonly index: number; readonly epoch: number }
  | {
      readonly kind: 'fold-health';
      readonly deployment: string;
      readonly index: number;
      readonly epoch: number;
      readonly status: HealthStatus;
    }
  | { readonly kind: 'drop-chunk'; readonly deployment: string; readonly chunk: number };

/** What a service's next step is, as data. A converged service has no actions and an unchanged outlook. */
export interface ServicePlan {
  readonly actions: readonly ServiceAction[];
  readonly outlook: ServiceOutlook;
}

/** The parts of ServiceState the planner decides. */
export interface ServiceOutlook {
  readonly deployments: readonly Deployment[];
  readonly steady: boolean;
  /** Daemons only: how many machines shall have a task. */
  readonly desiredCount?: number;
  readonly lastCompleted?: DeploymentSpec;
  /** The deployment to go back to, because the newest failed. */
  readonly rollback?: DeploymentSpec;
  /** Of a service with the EXTERNAL controller, in the order of its task sets; absent for all others. */
  readonly taskSets?: readonly TaskSetState[];
  /** Ids of deleted task sets whose last task is gone: the service forgets them. */
  readonly goneTaskSets?: readonly string[];
  /** How many tasks fail their health checks; absent means none. */
  readonly unhealthy?: number;
  readonly complaint?: string;
  /** Must hold at the router before the plan is committed: the plan records it as applied. */
  readonly traffic?: TrafficSplit;
  /** Sequence of the newest share of traffic, when the plan may have asked for another. */
  readonly trafficSequence?: number;
  readonly nextCheckAt?: number;
  readonly rebalance?: Rebalance;
  /** What this step does to the balance over zones; it is told, not stored. */
  readonly rebalanceNews?: RebalanceNews;
  /** True when a drained service has nothing left that runs: it becomes INACTIVE. */
  readonly ended: boolean;
}
