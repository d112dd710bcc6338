import type { PodRun } from '#core/model/pod.ts';
import type { ContainerObservation, StopRequest } from '#core/model/task.ts';
import type { ContainerDefinition, NetworkMode } from '#core/model/task-definition.ts';
import type { TaskSpec } from '#events/agent-wire.ts';
import type { PodContainerState } from './pod/pod-container-state.ts';
import type { ProbeState } from './probe.ts';

/**
 * How far one container got. uncertain: a create or start has no known outcome, so it is removed before STOPPED
 * may be reported (rule R9). restarting: it ended, and its restart policy starts it again. gone: it ran and is no longer
 * there, or never will be.
 */
export type ContainerPhase = 'none' | 'created' | 'uncertain' | 'running' | 'restarting' | 'exited' | 'gone';

export interface ContainerState {
  readonly definition: ContainerDefinition;
  readonly phase: ContainerPhase;
  readonly seen: Omit<ContainerObservation, 'name' | 'status' | 'healthStatus'>;
  /** When this run of it began, or was first seen. */
  readonly startedAt?: number;
  /** What its health check has said of this run. */
  readonly probe?: ProbeState;
  /** Present when it belongs to a pod and something has happened to it. */
  readonly pod?: PodContainerState;
}

/**
 * Everything the agent knows about one task; it is what is written to disk.
 * Invariant: nothing is created before `begun` is durable, so a task epoch starts at most once (rule R8).
 */
export interface TaskState {
  readonly taskId: string;
  readonly epoch: number;
  readonly cluster: string;
  readonly group: string;
  /** Rule R6: it ends with the agent's lease. */
  readonly fenced?: true;
  /** Known from its containers' labels alone: what its health checks said before is forgotten. */
  readonly rebuilt?: true;
  readonly networkMode: NetworkMode;
  readonly cpu?: number;
  readonly memory?: number;
  readonly containers: readonly ContainerState[];
  /** Present when the task is a pod; what its volumes hold is left out once they are made. */
  readonly pod?: PodRun;
  /** Of the pod's network, since it was last made. */
  readonly address?: string;
  /** The pod's volumes are made. */
  readonly prepared?: true;
  /** What a pod that ended has left to be read may go. */
  readonly aired?: true;
  readonly desired: 'RUNNING' | 'STOPPED';
  /** Why the agent itself ends the task; absent when the control plane asked for it. */
  readonly stop?: StopRequest;
  readonly pulled: boolean;
  readonly begun: boolean;
  /** No container runs and no start is in flight or ever will be. */
  readonly finished: boolean;
  /** The control plane has the STOPPED report or needs none. */
  readonly released: boolean;
  readonly pullStartedAt?: number;
  readonly pullStoppedAt?: number;
  readonly startedAt?: number;
  readonly stoppingAt?: number;
  readonly stoppedAt?: number;
}

export function newTaskState(spec: TaskSpec): TaskState {
  return {
    taskId: spec.taskId,
    epoch: spec.epoch,
    cluster: spec.cluster,
    group: spec.group,
    ...(spec.fenced ? { fenced: true } : {}),
    networkMode: spec.networkMode,
    ...(spec.cpu === undefined ? {} : { cpu: spec.cpu }),
    ...(spec.memory === undefined ? {} : { memory: spec.memory }),
    containers: spec.containers.map((definition) => ({ definition, phase: 'none', seen: {} })),
    ...(spec.pod ? { pod: spec.pod } : {}),
    desired: 'RUNNING',
    pulled: false,
    begun: false,
    finished: false,
    released: false,
  };
}

export const isEssential = ({ definition }: ContainerState): boolean => definition.essential !== false;

export const isStopping = (state: TaskState): boolean => state.desired === 'STOPPED' || state.stop !== undefined;

export function withContainer(
  state: TaskState,
  name: string,
  change: (container: ContainerState) => ContainerState,
): TaskState {
  const containers = state.containers.map((container) =>
    container.definition.name === name ? change(container) : container,
  );
  return { ...state, containers };
}
