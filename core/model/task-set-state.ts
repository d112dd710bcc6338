/** The worker's half of a task set. */
export interface TaskSetState {
  readonly id: string;
  /** How many tasks it was last told to have, so that a change is said once. */
  readonly desired: number;
  readonly isStable: boolean;
  /** When that last changed. */
  readonly since: number;
}
