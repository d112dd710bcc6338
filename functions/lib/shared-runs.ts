import type { Clock } from '#control/ports.ts';

/** Work that is told apart by a key; all work of one key does the same thing. */
export interface SharedRuns {
  /** Settles as the run does that stands for this call. */
  run(key: string, work: () => Promise<unknown>): Promise<unknown>;
}

interface Lane {
  readonly current: Promise<unknown>;
  /** Epoch ms. */
  readonly beganAt: number;
  /** Not begun yet, so it sees everything its callers know of. */
  next?: Promise<unknown>;
}

/** How much longer than a run the rest after it is: work that follows itself gets a quarter of the time. */
const REST = 3;
/** A run that took long is no reason to keep a caller waiting without end. */
const MAX_REST_MS = 500;

/**
 * One run per key at a time: two of them would decide the same from the same state, and one would lose the race.
 * Invariant: a call is answered by a run that began after the call, so nothing the caller knows of is missed.
 * Between two runs that follow each other lies a rest in proportion to the first. News gathers meanwhile, so a large
 * service is read a few times while its tasks start and not once for each, and the time is left to others.
 */
export function sharedRuns(clock: Clock, rest: (ms: number) => Promise<unknown>): SharedRuns {
  const lanes = new Map<string, Lane>();

  const begin = (key: string, work: () => Promise<unknown>): Lane => {
    const lane: Lane = { beganAt: clock.now(), current: work() };
    lanes.set(key, lane);
    const forget = (): void => {
      if (lane.next === undefined) lanes.delete(key);
    };
    lane.current.then(forget, forget);
    return lane;
  };

  const follow = async (key: string, before: Lane, work: () => Promise<unknown>): Promise<unknown> => {
    // How the run before ended is its own callers' affair.
    await Promise.allSettled([before.current]);
    const ms = Math.min(REST * (clock.now() - before.beganAt), MAX_REST_MS);
    if (ms > 0) await rest(ms);
    return begin(key, work).current;
  };

  return {
    run: (key, work) => {
      const lane = lanes.get(key);
      if (!lane) return begin(key, work).current;
      lane.next ??= follow(key, lane, work);
      return lane.next;
    },
  };
}
