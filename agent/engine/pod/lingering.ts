import type { TaskState } from '../task-state.ts';

/** How long the containers of a pod that ended by itself stay to be asked for their logs. */
const LINGER_MS = 3_600_000;
/** Of more than that many the oldest go at once. */
const MOST_LINGERING = 50;

/**
 * A pod that ended by itself and that the control plane knows of: its containers stay for a while, for somebody wants to
 * read what a job has written. Of a pod that was stopped nothing stays.
 */
export const lingers = ({ pod, finished, released, stop, aired }: TaskState): boolean =>
  pod !== undefined && finished && released && !aired && stop?.code === 'EssentialContainerExited';

/** When that is over. */
export const lingerEnds = (state: TaskState): number | undefined =>
  lingers(state) && state.stoppedAt !== undefined ? state.stoppedAt + LINGER_MS : undefined;

export const aired = (state: TaskState, now: number): TaskState => {
  const ends = lingerEnds(state);
  return ends !== undefined && ends <= now ? { ...state, aired: true } : state;
};

/** Of these, the ones that make room for newer ones. */
export const tooManyLingering = (states: readonly TaskState[]): readonly TaskState[] =>
  states
    .filter(lingers)
    .toSorted((one, other) => (other.stoppedAt ?? 0) - (one.stoppedAt ?? 0))
    .slice(MOST_LINGERING);
