import type { Deployment, DeploymentSpec, Rebalance } from '../model/service.ts';
import type { RebalanceNews } from './rebalance-messages.ts';

/** One thing the service worker does to a slot. Each carries the epoch it was decided for. */
export type ServiceAction =
  | { readonly kind: 'start'; readonly deployment: string; readonly index: number; readonly epoch: number }
  | {
      readonly kind: 'stop';
      readonly deployment: string;
      readonly index: number;
      readonly epoch: number;
      /** True when the task was healthy: such a stop must leave the minimum behind (rule R18). */
      readonly healthy: boolean;
    }
  | { readonly kind: 'fold-running'; readonly deployment: string; readonly index: number; readonly epoch: number }
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
  readonly lastCompleted?: DeploymentSpec;
  /** The deployment to go back to, because the newest failed. */
  readonly rollback?: DeploymentSpec;
  readonly complaint?: string;
  readonly nextCheckAt?: number;
  readonly rebalance?: Rebalance;
  /** What this step does to the balance over zones; it is told, not stored. */
  readonly rebalanceNews?: RebalanceNews;
  /** True when a drained service has nothing left that runs: it becomes INACTIVE. */
  readonly ended: boolean;
}
