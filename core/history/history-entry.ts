import type { StartCause, StopCause } from '../model/task.ts';

/** Who or what brought something about. */
export type HistoryCause =
  | StartCause
  | StopCause
  | 'creation'
  | 'update'
  | 'rollback'
  | 'superseded'
  | 'user'
  | 'crash'
  | 'failed-to-start'
  | 'loss'
  | 'interruption'
  | 'scheduler';

/** One thing that happened, and why. */
export interface HistoryEntry {
  readonly at: number;
  readonly kind: 'deployment-started' | 'deployment-ended' | 'task-started' | 'task-stopped' | 'told';
  readonly cause: HistoryCause;
  /** The same in a sentence. */
  readonly because: string;
  readonly deployment?: string;
  readonly task?: string;
  /** Where the task was given room. */
  readonly instanceId?: string;
  /** The task that this one takes the place of. */
  readonly replaces?: string;
}
