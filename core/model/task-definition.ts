import type { JsonObject } from '../json.ts';
import type { PodContainer } from './pod.ts';
import type { Tag } from './tag.ts';

export interface PortMapping {
  readonly containerPort?: number;
  /** 0 or absent asks the machine for a free port. */
  readonly hostPort?: number;
  readonly protocol?: 'tcp' | 'udp';
  readonly name?: string;
}

export interface NameValue {
  readonly name?: string;
  readonly value?: string;
}

/** A command that says whether its container is well; times in seconds. */
export interface HealthCheck {
  /** `CMD` and the program with its arguments, or `CMD-SHELL` and a line for the container's shell. */
  readonly command: readonly string[];
  readonly interval?: number;
  readonly timeout?: number;
  readonly retries?: number;
  /** Failures this soon after the start do not count. */
  readonly startPeriod?: number;
}

export type DependencyCondition = 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY';

/** How far another container of the task must be before this one starts. */
export interface ContainerDependency {
  readonly containerName: string;
  readonly condition: DependencyCondition;
}

/** Whether a container that ends by itself starts again inside its task. */
export interface RestartPolicy {
  readonly enabled: boolean;
  /** Exit codes that end the container for good. */
  readonly ignoredExitCodes?: readonly number[];
  /** Seconds it must have run to be started again. */
  readonly restartAttemptPeriod?: number;
}

/** The members of an ECS container definition that Berth acts on; all others are stored and echoed. */
export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  /** CPU units, 1024 a core. */
  readonly cpu?: number;
  /** Hard limit, MiB. */
  readonly memory?: number;
  /** Soft limit, MiB; reserved instead of `memory` when both are given. */
  readonly memoryReservation?: number;
  readonly essential?: boolean;
  readonly command?: readonly string[];
  readonly entryPoint?: readonly string[];
  readonly environment?: readonly NameValue[];
  readonly portMappings?: readonly PortMapping[];
  readonly healthCheck?: HealthCheck;
  readonly dependsOn?: readonly ContainerDependency[];
  /** Seconds this container may take to become what others wait for. */
  readonly startTimeout?: number;
  readonly stopTimeout?: number;
  readonly restartPolicy?: RestartPolicy;
  readonly user?: string;
  readonly workingDirectory?: string;
  readonly readonlyRootFilesystem?: boolean;
  readonly resourceRequirements?: readonly { readonly type?: string; readonly value?: string }[];
  /** Present when it belongs to a pod; no client of the ECS API can say it. */
  readonly pod?: PodContainer;
}

export type LaunchType = 'EC2' | 'FARGATE' | 'EXTERNAL';
export type NetworkMode = 'none' | 'bridge' | 'host' | 'awsvpc';

/** RegisterTaskDefinition's input as AWS stores it, defaults filled. */
export interface TaskDefinitionDocument {
  readonly family: string;
  readonly containerDefinitions: readonly ContainerDefinition[];
  readonly networkMode?: NetworkMode;
  /** CPU units or vCPU text as ECS normalises them, for example "256". */
  readonly cpu?: string;
  /** MiB as text. */
  readonly memory?: string;
  readonly requiresCompatibilities?: readonly LaunchType[];
  readonly placementConstraints?: readonly { readonly type?: string; readonly expression?: string }[];
}

/** One immutable revision. Only `status`, the times of its end and `tags` ever change. */
export interface TaskDefinition {
  readonly family: string;
  readonly revision: number;
  readonly status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS';
  readonly document: TaskDefinitionDocument & JsonObject;
  readonly compatibilities: readonly LaunchType[];
  readonly registeredAt: number;
  readonly registeredBy: string;
  readonly deregisteredAt?: number;
  readonly deleteRequestedAt?: number;
  readonly tags: readonly Tag[];
}

/** The counter of a family. Invariant: `latest` never goes down, so a revision number is never reused. */
export interface TaskDefinitionFamily {
  readonly family: string;
  readonly latest: number;
}
