import type { JsonObject } from '../json.ts';
import type { PlacementConstraint, PlacementStrategy, Unplaced } from './placement.ts';
import type { PodContainerObservation } from './pod.ts';
import type { HostPort, Resources } from './resources.ts';
import type { Tag } from './tag.ts';
import type { LaunchType } from './task-definition.ts';

/** Where a service task lives. Invariant: a slot's epoch only grows and is never reused. */
export interface Slot {
  /** Name of the service. */
  readonly service: string;
  /** Deployment id, `ecs-svc/<digits>`. */
  readonly deployment: string;
  readonly index: number;
}

export type StopCode =
  | 'TaskFailedToStart'
  | 'EssentialContainerExited'
  | 'UserInitiated'
  | 'ServiceSchedulerInitiated'
  | 'SpotInterruption'
  | 'TerminationNotice'
  | 'InfrastructureHealth';

/** Why its service started a task; ECS does not say. */
export type StartCause = 'deployment' | 'scale-out' | 'replacement' | 'drain' | 'rebalance';

/** Why its service stopped a task; ECS has one reason for all of them. */
export type StopCause = 'deployment' | 'scale-in' | 'drain' | 'deletion' | 'unhealthy';

export interface StopRequest {
  readonly code: StopCode;
  readonly reason: string;
  readonly at: number;
  /** Present when the service scheduler asked. */
  readonly cause?: StopCause;
}

/** Which machine, and which life of that machine's agent, a task was given to. */
export interface Assignment {
  readonly instanceId: string;
  readonly at: number;
}

/**
 * The desired half of a task, written by intents, the service worker and placement; never by a heartbeat.
 * Invariant: `desiredStatus` moves from RUNNING to STOPPED only.
 */
export interface Task {
  /** 32 hex digits, derived from slot and epoch or from the client token. */
  readonly taskId: string;
  readonly cluster: string;
  /** Generation of the task's slot; 1 for a standalone task. */
  readonly epoch: number;
  readonly slot?: Slot;
  /** Rule R6: its containers must not outlive their agent's lease; fixed when the task is started. */
  readonly fenced?: true;
  readonly desiredStatus: 'RUNNING' | 'STOPPED';
  readonly definition: { readonly family: string; readonly revision: number };
  /** The pod it runs, in the collection `pods` of its cluster; absent for a task of ECS. */
  readonly pod?: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly resources: Resources;
  readonly hostPorts: readonly HostPort[];
  /** How many its containers ask for; absent for none. */
  readonly gpus?: number;
  readonly launchType: LaunchType;
  /** Name of the provider its strategy gave it to. */
  readonly capacityProvider?: string;
  /** `family:<family>`, `service:<service>`, `pod:<namespace>/<name>` or the caller's. */
  readonly group: string;
  readonly startedBy?: string;
  /** Present for a service's task. */
  readonly cause?: StartCause;
  readonly overrides?: JsonObject;
  readonly networkConfiguration?: JsonObject;
  readonly platformVersion?: string;
  readonly placementConstraints: readonly PlacementConstraint[];
  readonly placementStrategy: readonly PlacementStrategy[];
  /** Set by StartTask and for the tasks of a daemon: the one instance this task may run on. */
  readonly pinnedTo?: string;
  readonly assignment?: Assignment;
  /** Why placement has not found room yet; absent once assigned. */
  readonly unplaced?: Unplaced;
  readonly stop?: StopRequest;
  readonly enableExecuteCommand: boolean;
  readonly tags: readonly Tag[];
  readonly createdAt: number;
  /** Fingerprint of the whole request that made this task under a client token (rule R15). */
  readonly requestFingerprint?: string;
  /** How many tasks that request made; the others are found by deriving their ids. */
  readonly requestCount?: number;
  readonly clientToken?: string;
}

export type ContainerStatus = 'PENDING' | 'RUNNING' | 'STOPPED';

export interface NetworkBinding {
  readonly bindIP: string;
  readonly containerPort: number;
  readonly hostPort: number;
  readonly protocol: 'tcp' | 'udp';
}

/** What a container's health check says; UNKNOWN until it has said anything. */
export type HealthStatus = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';

/** One container as its agent last saw it. */
export interface ContainerObservation {
  readonly name: string;
  readonly status: ContainerStatus;
  readonly runtimeId?: string;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly imageDigest?: string;
  readonly networkBindings?: readonly NetworkBinding[];
  /** Present when the container has a health check. */
  readonly healthStatus?: HealthStatus;
  /** Present when it belongs to a pod. */
  readonly pod?: PodContainerObservation;
}

/** How far an agent got with a task. Invariant: it only moves right. */
export type ObservedStatus = 'PENDING' | 'RUNNING' | 'STOPPED';

/**
 * The observed half of a task, written by heartbeats and by whoever declares the task lost.
 * Invariant: `status` never moves back, and every commit carries the agent epoch it came from.
 */
export interface TaskObservation {
  readonly taskId: string;
  readonly epoch: number;
  /** Absent when a task stopped before any machine had it. */
  readonly instanceId?: string;
  readonly agentEpoch?: number;
  readonly status: ObservedStatus;
  readonly containers: readonly ContainerObservation[];
  /** Present when an essential container has a health check. */
  readonly healthStatus?: HealthStatus;
  /** Address of a pod's network on its machine. */
  readonly address?: string;
  /** Of the report it was taken from: health goes back and forth, so a late report is told by its number (rule R3). */
  readonly revision?: number;
  readonly pullStartedAt?: number;
  readonly pullStoppedAt?: number;
  readonly startedAt?: number;
  readonly stoppingAt?: number;
  readonly stoppedAt?: number;
  readonly stop?: StopRequest;
  /** Counts the commits, as the `version` member of an ECS task does. */
  readonly updates: number;
}
