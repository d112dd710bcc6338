import type { JsonObject } from '../json.ts';
import type { DeploymentSpec, Service } from './service.ts';
import type { Tag } from './tag.ts';

/** PRIMARY: what the service shows of itself. DRAINING: deleted, until the last of its tasks is gone. */
export type TaskSetStatus = 'PRIMARY' | 'ACTIVE' | 'DRAINING';

/** Tasks of one definition that a deployer of the user's own scales, within a service with the EXTERNAL controller. */
export interface TaskSet {
  /** What its tasks are made of. To the slots it is a deployment like any other; its id is the task set's. */
  readonly deployment: DeploymentSpec;
  readonly status: TaskSetStatus;
  /** Percent of the service's desired count, 0 to 100. */
  readonly scale: number;
  readonly externalId?: string;
  /** Members that are stored and echoed, never acted on yet. */
  readonly echo: JsonObject;
  readonly tags: readonly Tag[];
  readonly updatedAt: number;
  readonly clientToken?: string;
  readonly requestFingerprint?: string;
}

/**
 * A service with the EXTERNAL controller: it runs no deployment, only the task sets it was given.
 * Invariant: at most one task set is PRIMARY.
 */
export interface TaskSetService
  extends Omit<Service, 'scheduler' | 'deployment' | 'circuitBreaker' | 'stopDeployment'> {
  readonly scheduler: 'task-sets';
  /** In the order they were made; few enough to live in the service's own item. */
  readonly taskSets: readonly TaskSet[];
  /** Rule R15: of task sets that are gone, for as long as a client may repeat the request that made them. */
  readonly spentTokens: readonly SpentToken[];
}

export interface SpentToken {
  readonly clientToken: string;
  readonly spentAt: number;
}

/** What a service may be: the one with a deployment of its own is by far the commonest, so it has the plain name. */
export type AnyService = Service | TaskSetService;
