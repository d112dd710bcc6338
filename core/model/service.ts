import type { JsonObject } from '../json.ts';
import type { CapacityProviderStrategy } from './capacity-provider.ts';
import type { PlacementConstraint, PlacementStrategy } from './placement.ts';
import type { HookAnswer, RolloutConfiguration, TrafficShift } from './rollout.ts';
import type { Tag } from './tag.ts';
import type { HealthStatus } from './task.ts';
import type { LaunchType } from './task-definition.ts';
import type { TaskSetState } from './task-set-state.ts';

/** When a deployment is given up: the failures its tasks may have, as ECS's deployment circuit breaker counts them. */
export interface CircuitBreaker {
  readonly enable: boolean;
  readonly rollback: boolean;
  /** False: a task that becomes healthy does not forgive the failures before it. Absent means true. */
  readonly resetOnHealthyTask?: boolean;
  readonly threshold?: {
    readonly type: 'COUNT' | 'BOUNDED_PERCENT' | 'UNBOUNDED_PERCENT';
    readonly value: number;
  };
}

/** What one deployment wants each of its tasks to be. Immutable; a change makes a new deployment. */
export interface DeploymentSpec {
  /** `ecs-svc/<19 digits>`, as ECS writes it into `startedBy`. */
  readonly id: string;
  readonly definition: { readonly family: string; readonly revision: number };
  readonly launchType: LaunchType;
  /** How its tasks are shared out; absent when a launch type was asked for. */
  readonly capacityProviderStrategy?: CapacityProviderStrategy;
  readonly platformVersion?: string;
  readonly networkConfiguration?: JsonObject;
  readonly createdAt: number;
  /** Made by the circuit breaker to go back to an earlier deployment: it is not rolled back in turn. */
  readonly isRollback?: true;
}

/** Who decides which tasks a service has: each has a planner of its own behind `planService`. Never changes. */
export type ServiceScheduler = 'replicas' | 'daemons';

/**
 * The desired half of a service, written by intents; the worker writes it once, to end a drained service.
 * Invariant: `generation` grows with every intent, so a reader can tell old from new.
 */
export interface Service {
  readonly cluster: string;
  readonly name: string;
  readonly status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  readonly generation: number;
  readonly scheduler: ServiceScheduler;
  /** 0 for daemons, whose count follows the machines: `desiredCountOf` knows both. */
  readonly desiredCount: number;
  readonly deployment: DeploymentSpec;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly placementConstraints: readonly PlacementConstraint[];
  readonly placementStrategy: readonly PlacementStrategy[];
  readonly enableExecuteCommand: boolean;
  readonly enableECSManagedTags: boolean;
  readonly propagateTags?: 'TASK_DEFINITION' | 'SERVICE' | 'NONE';
  /** Whether its tasks are moved to keep zones even. Absent, as for a service that never had it set, means DISABLED. */
  readonly availabilityZoneRebalancing?: 'ENABLED' | 'DISABLED';
  /** Absent means off. */
  readonly circuitBreaker?: CircuitBreaker;
  /** How its deployments replace each other; absent means rolling. */
  readonly rollout?: RolloutConfiguration;
  /** Answers to the hooks at which the deployment stopped last. */
  readonly hookAnswers?: readonly HookAnswer[];
  /** Somebody asked to give this deployment up, and whether to go back to the one before. */
  readonly stopDeployment?: { readonly id: string; readonly rollback: boolean };
  /** Members that are stored and echoed; the health check grace period is the only one that is acted on. */
  readonly echo: JsonObject;
  readonly tags: readonly Tag[];
  readonly createdAt: number;
  readonly createdBy: string;
  readonly clientToken?: string;
  readonly requestFingerprint?: string;
}

export type RolloutState = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';

/** A deployment the scheduler knows: the newest is PRIMARY, older ones are ACTIVE until their tasks are gone. */
export interface Deployment extends DeploymentSpec {
  readonly rolloutState: RolloutState;
  readonly updatedAt: number;
  /** Tasks of this deployment that failed since it began. */
  readonly failedTasks: number;
  /** Why it failed; present when it did. */
  readonly failure?: string;
  /** Early failures that a healthy task has forgiven since, and when it became healthy. */
  readonly forgiven?: { readonly failures: number; readonly at: number };
  /** Since when it is rolled out and bakes; absent without a bake time. */
  readonly bakingSince?: number;
  /** How far it is in shifting traffic; absent for a rolling deployment. */
  readonly shift?: TrafficShift;
}

/** How far the scheduler is with making a service's zones even. */
export type Rebalance =
  /** One task more than desired is on its way, named as `slotName` does; nothing stops before it is healthy. */
  | { readonly kind: 'moving'; readonly replacement: string }
  /** What is too many stops, and then the zones are counted again. */
  | { readonly kind: 'settling' }
  /** The last move did not help: nothing is moved before this instant. */
  | { readonly kind: 'resting'; readonly until: number };

/**
 * The scheduler's half of a service, written by the service worker only.
 * Every start and every voluntary stop of a service's tasks moves this item's version, so two workers collide
 * here instead of passing the maximum or the minimum together.
 */
export interface ServiceState {
  readonly cluster: string;
  readonly name: string;
  /** Generation of the intent this state was last planned from. */
  readonly generation: number;
  /** Newest first. */
  readonly deployments: readonly Deployment[];
  /** Of a service with the EXTERNAL controller, which has no deployments. */
  readonly taskSets?: readonly TaskSetState[];
  /** Number of the newest service event. */
  readonly eventSequence: number;
  readonly steady: boolean;
  /** Daemons only: how many machines shall have a task, when they were last counted. */
  readonly desiredCount?: number;
  /** The newest deployment that completed: where a failed one rolls back to. */
  readonly lastCompleted?: DeploymentSpec;
  /** Text of the placement complaint as it stands; absent while every task has a machine. */
  readonly lastComplaint?: string;
  /** Sequence of the newest share of traffic; kept by services that ever shifted any. */
  readonly trafficSequence?: number;
  /** Absent while nothing is moved between zones. */
  readonly rebalance?: Rebalance;
  /** Complaints made since the service was last steady, so that none is repeated at every reconcile. */
  readonly said?: readonly Said[];
  /** Rule R16: when the sweep must look again even if nothing happens. */
  readonly nextCheckAt?: number;
}

/** The words of ECS's `ServiceDeploymentStatus` that a deployment goes through. */
export type ServiceDeploymentStatus =
  | 'PENDING'
  | 'IN_PROGRESS'
  | 'SUCCESSFUL'
  | 'STOPPED'
  | 'ROLLBACK_REQUESTED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_SUCCESSFUL'
  | 'ROLLBACK_FAILED';

/**
 * One deployment as history tells it, kept after its last task is gone. Written by the service worker only, in the
 * transactions that move the deployment.
 */
export interface ServiceDeploymentRecord {
  readonly cluster: string;
  readonly service: string;
  /** What its tasks were made of: the service revision, which shares its number. */
  readonly spec: DeploymentSpec;
  /** Ids of the deployments it was to replace. */
  readonly sources: readonly string[];
  readonly status: ServiceDeploymentStatus;
  readonly statusReason?: string;
  readonly startedAt: number;
  readonly updatedAt: number;
  /** When it was over, for better or worse. */
  readonly finishedAt?: number;
  readonly desiredCount: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly circuitBreaker?: CircuitBreaker;
  /** Absent means rolling. */
  readonly rollout?: RolloutConfiguration;
  /** How far it is, or came, in shifting traffic. */
  readonly shift?: Omit<TrafficShift, 'configuration'>;
  /** Present once it was taken back: the deployment the service went back to. */
  readonly rollback?: { readonly reason: string; readonly startedAt: number; readonly target: string };
}

/** started: wanted, not yet seen RUNNING. running: seen RUNNING. stopping: no longer wanted, not yet STOPPED. empty: no task. */
export type SlotPhase = 'started' | 'running' | 'stopping' | 'empty';

export interface SlotRecord {
  readonly index: number;
  /** Epoch of the newest task of this slot; 0 before the first. */
  readonly epoch: number;
  readonly phase: SlotPhase;
  /** Failures in a row; cleared by a long healthy run. */
  readonly failures: number;
  /** When the slot may start again after a failure. */
  readonly notBefore?: number;
  /** When the task was folded as running. */
  readonly runningSince?: number;
  /** What its health checks said last, and when that was folded; absent when nothing checks it. */
  readonly health?: { readonly status: HealthStatus; readonly at: number };
  /** Until when the scheduler must not stop the task (UpdateTaskProtection). */
  readonly protectedUntil?: number;
  /** Daemons only: the instance its newest task was made for; kept while the slot is empty, so that a back-off is the machine's own. */
  readonly pinnedTo?: string;
  /** Its machine is draining: the task must move elsewhere before it may stop. */
  readonly leaving?: true;
}

/** How many slots one item holds. With one item per started task beside it, a transaction stays below 100 writes. */
export const SLOTS_PER_CHUNK = 64;

/** Consecutive slots of one deployment: indexes [chunk * SLOTS_PER_CHUNK, ...). Only slots ever used are listed. */
export interface SlotChunk {
  readonly cluster: string;
  readonly service: string;
  readonly deployment: string;
  readonly chunk: number;
  readonly slots: readonly SlotRecord[];
  /** Failures of this chunk's tasks since the deployment began. */
  readonly failedTasks: number;
  /** Those of them that came before the task was healthy, or that its health check found; absent means none. */
  readonly failedEarly?: number;
}

/** A service event that is not said again for some hours. */
export interface Said {
  readonly text: string;
  readonly at: number;
}

export interface ServiceEvent {
  readonly sequence: number;
  readonly id: string;
  readonly createdAt: number;
  readonly message: string;
}
