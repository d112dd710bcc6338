import type { Deployment, DeploymentSpec } from '../model/service.ts';
import type { TaskSetState } from '../model/task-set.ts';

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
  /** Of a service with the EXTERNAL controller, in the order of its task sets; absent for all others. */
  readonly taskSets?: readonly TaskSetState[];
  /** Ids of deleted task sets whose last task is gone: the service forgets them. */
  readonly goneTaskSets?: readonly string[];
  readonly complaint?: string;
  readonly nextCheckAt?: number;
  /** True when a drained service has nothing left that runs: it becomes INACTIVE. */
  readonly ended: boolean;
}
