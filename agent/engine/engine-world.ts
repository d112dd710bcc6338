import type { Fence } from '../fence.ts';
import type { AgentClock, AgentLog, Timers } from '../ports.ts';
import type { ContainerRuntime } from '../runtime/port.ts';
import type { PodVolumes } from '../volumes/pod-volumes.ts';
import type { TaskState } from './task-state.ts';

/** What a task's machine may touch. */
export interface EngineWorld {
  readonly runtime: ContainerRuntime;
  readonly clock: AgentClock;
  readonly timers: Timers;
  readonly log: AgentLog;
  /** Absent where none can be made: pods that want some wait then, and say so. */
  readonly volumes?: PodVolumes;
  readonly fence: Pick<Fence, 'admit' | 'check'>;
  /** Who labels the containers created from now on. */
  owner(): { readonly agent: string; readonly agentEpoch: number };
  /** True once the agent stops serving: machines finish the action in flight and leave the rest as it is. */
  halted(): boolean;
  changed(taskId: string): void;
  /** Durable when it resolves: the task epoch has begun and leaves a tombstone (rule R8). */
  begin(state: TaskState): Promise<void>;
  save(): Promise<void>;
  forget(state: TaskState): Promise<void>;
}
