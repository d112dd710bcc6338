import type { EngineWorld } from './engine-world.ts';
import type { TaskState } from './task-state.ts';

/** The one place where a task's state lives. Its machine alone writes it, through here. */
export interface StateCell {
  readonly world: EngineWorld;
  state(): TaskState;
  set(state: TaskState): void;
  now(): number;
}
