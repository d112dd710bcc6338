import type { PodRun } from './pod.ts';
import type { ContainerDefinition, NetworkMode } from './task-definition.ts';

/** What an agent needs to run one task; it is the same for every delivery of the same task epoch. */
export interface TaskSpec {
  readonly taskId: string;
  readonly epoch: number;
  readonly cluster: string;
  readonly taskArn: string;
  readonly group: string;
  /** Rule R6: its containers must not outlive the agent's lease. */
  readonly fenced?: true;
  readonly family: string;
  readonly revision: number;
  readonly networkMode: NetworkMode;
  /** Task-level hard limits when the definition has them: CPU units and MiB. */
  readonly cpu?: number;
  readonly memory?: number;
  /** Overrides already applied, in start order. */
  readonly containers: readonly ContainerDefinition[];
  /** Present when the task is a pod; then every container has its part of it, too. */
  readonly pod?: PodRun;
}
