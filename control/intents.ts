import type { JsonObject } from '#core/json.ts';
import type { CapacityProviderStrategy } from '#core/model/capacity-provider.ts';
import type { PlacementConstraint, PlacementStrategy } from '#core/model/placement.ts';
import type { RolloutConfiguration } from '#core/model/rollout.ts';
import type { CircuitBreaker, ServiceEvent, ServiceScheduler, ServiceState } from '#core/model/service.ts';
import type { Tag } from '#core/model/tag.ts';
import type { Task, TaskObservation } from '#core/model/task.ts';
import type { LaunchType } from '#core/model/task-definition.ts';
import type { AnyService } from '#core/model/task-set.ts';

/** What a protocol face asks for, already decoded, validated for shape and with names taken out of ARNs. */
export interface RunTaskIntent {
  readonly cluster: string;
  /** `family` (newest ACTIVE revision) or `family:revision`. */
  readonly taskDefinition: string;
  /** 1 to 10. Ignored when `instances` is given. */
  readonly count: number;
  /** StartTask: one task on each of these container instance ids, no placement. */
  readonly instances?: readonly string[];
  /** With neither of both, the cluster's default strategy counts, and without one EC2. */
  readonly launchType?: LaunchType;
  readonly capacityProviderStrategy?: CapacityProviderStrategy;
  readonly group?: string;
  readonly startedBy?: string;
  readonly overrides?: JsonObject;
  readonly networkConfiguration?: JsonObject;
  readonly platformVersion?: string;
  readonly placementConstraints: readonly PlacementConstraint[];
  readonly placementStrategy: readonly PlacementStrategy[];
  readonly enableExecuteCommand: boolean;
  readonly propagateTags?: 'TASK_DEFINITION' | 'NONE';
  /** Whether ECS's own tags go on the tasks, too. */
  readonly enableECSManagedTags?: boolean;
  readonly tags: readonly Tag[];
  readonly clientToken?: string;
}

/** Both halves of a task, as reads show it. */
export interface TaskView {
  readonly task: Task;
  readonly observation?: TaskObservation;
  /** ECS's `version`: grows with every change of either half. */
  readonly version: number;
}

/** One entry of `failures[]`; `reason` is one of AWS's words, such as MISSING or RESOURCE:CPU. */
export interface Failure {
  readonly arn: string;
  readonly reason: string;
  readonly detail?: string;
}

export interface TaskFilter {
  readonly cluster: string;
  readonly family?: string;
  readonly service?: string;
  readonly startedBy?: string;
  readonly instanceId?: string;
  readonly launchType?: LaunchType;
  readonly desiredStatus: 'RUNNING' | 'STOPPED';
}

/** Members of CreateService that UpdateService may also change; undefined leaves the service as it is. */
export interface ServiceChanges {
  readonly taskDefinition?: string;
  readonly desiredCount?: number;
  readonly minimumHealthyPercent?: number;
  readonly maximumPercent?: number;
  readonly launchType?: LaunchType;
  /** Empty: no strategy from now on. */
  readonly capacityProviderStrategy?: CapacityProviderStrategy;
  readonly platformVersion?: string;
  readonly networkConfiguration?: JsonObject;
  readonly placementConstraints?: readonly PlacementConstraint[];
  readonly placementStrategy?: readonly PlacementStrategy[];
  readonly enableExecuteCommand?: boolean;
  readonly enableECSManagedTags?: boolean;
  readonly propagateTags?: 'TASK_DEFINITION' | 'SERVICE' | 'NONE';
  readonly circuitBreaker?: CircuitBreaker;
  readonly rollout?: RolloutConfiguration;
  readonly availabilityZoneRebalancing?: 'ENABLED' | 'DISABLED';
  readonly healthCheckGracePeriodSeconds?: number;
  /** Stored and echoed only. */
  readonly echo?: JsonObject;
}

export interface CreateServiceIntent extends ServiceChanges {
  readonly cluster: string;
  readonly name: string;
  readonly taskDefinition: string;
  readonly tags: readonly Tag[];
  readonly clientToken?: string;
  /** Absent: replicas. */
  readonly scheduler?: ServiceScheduler;
  /** ARN of the caller. */
  readonly createdBy: string;
}

/** A service whose task sets a deployer of the user's own makes: whatever belongs to a task set has no place here. */
export interface CreateTaskSetServiceIntent
  extends Omit<CreateServiceIntent, 'taskDefinition' | 'circuitBreaker' | keyof DeployedMembers> {
  readonly controller: 'EXTERNAL';
}

/** What tasks are made of beside their definition. */
type DeployedMembers = Pick<
  ServiceChanges,
  'launchType' | 'capacityProviderStrategy' | 'platformVersion' | 'networkConfiguration'
>;

export interface CreateTaskSetIntent extends DeployedMembers {
  readonly cluster: string;
  readonly service: string;
  readonly taskDefinition: string;
  /** Percent. */
  readonly scale: number;
  readonly externalId?: string;
  /** Stored and echoed only. */
  readonly echo: JsonObject;
  readonly tags: readonly Tag[];
  readonly clientToken?: string;
}

/** Names a task set. */
export interface TaskSetName {
  readonly cluster: string;
  readonly service: string;
  /** `ecs-svc/<digits>` */
  readonly taskSet: string;
}

export interface UpdateServiceIntent extends ServiceChanges {
  readonly cluster: string;
  readonly name: string;
  readonly forceNewDeployment: boolean;
  /** Named, it must be the one the service has. */
  readonly controller?: 'ECS' | 'EXTERNAL';
}

/** One deployment with the counts of its slots. */
export interface DeploymentCounts {
  readonly deployment: string;
  /** Wanted and seen RUNNING. */
  readonly running: number;
  /** Wanted and not yet seen RUNNING. */
  readonly pending: number;
  /** No longer wanted, not yet STOPPED. */
  readonly stopping: number;
  readonly failed: number;
}

export interface ServiceView<S extends AnyService = AnyService> {
  readonly service: S;
  /** How many tasks it should run now. */
  readonly desiredCount: number;
  /** Absent until the service worker looked at it for the first time. */
  readonly state?: ServiceState;
  readonly counts: readonly DeploymentCounts[];
  /** Newest first, at most 100. */
  readonly events: readonly ServiceEvent[];
}
