import type { Timings } from '#core/timings.ts';
import type { Committed } from './committed.ts';
import type { Promises } from './promises.ts';
import type { RealContainer } from './reality.ts';
import type { Beat } from './world/fault-proxy.ts';

/** What an oracle may know of one machine besides what is committed. */
export interface MachineView {
  readonly name: string;
  /** Monotonic ms since when nothing is done to it; undefined while something is. */
  readonly clearSince: number | undefined;
  /** The same for its way to the container engine. */
  readonly engineClearSince: number | undefined;
  /** Monotonic ms when what its agent remembers was last damaged. */
  readonly forgotAt: number;
  /** Its newest requests, for the story of a violation. */
  readonly pulse: readonly Beat[];
}

/** One look at the world. What runs was read first, so whatever explains a stop is in the store already. */
export interface Sample {
  /** Monotonic ms when the look began. */
  readonly at: number;
  /** The control plane's clock, epoch ms. */
  readonly now: number;
  readonly containers: readonly RealContainer[];
  readonly committed: Committed;
  readonly machines: readonly MachineView[];
  /** Monotonic ms since when the control plane could serve all the time; undefined while it cannot. */
  readonly servingSince: number | undefined;
  /** Monotonic ms since when its clock has been right; undefined while it is wrong. */
  readonly rightTimeSince: number | undefined;
  readonly timings: Timings;
  /** What clients were told. */
  readonly promises: Promises;
  /** Containers that the harness itself killed. */
  readonly killed: ReadonlySet<string>;
  /** The machine under all this stood still: timers or the disk were late, so leases may be late for no fault of Berth. */
  readonly isStarved: boolean;
}

/** Watches one promise of the protocol. Fed every look in order; answers what breaks it, in words. */
export interface Oracle {
  /** Name in protocol.md's terms, such as S1. */
  readonly invariant: string;
  look(sample: Sample, before: Sample | undefined): readonly string[];
}

export const short = (id: string): string => id.slice(0, 6);

/** Wanted by somebody and not over. */
export const isWanted = ({ tasks, observations }: Committed, taskId: string): boolean =>
  tasks.get(taskId)?.desiredStatus === 'RUNNING' && observations.get(taskId)?.status !== 'STOPPED';

/** Given to the instance that has it, and not told to stop. */
export function isHeld({ tasks, reservations }: Committed, taskId: string): boolean {
  const instanceId = tasks.get(taskId)?.assignment?.instanceId;
  const reservation = instanceId === undefined ? undefined : reservations.get(instanceId);
  return reservation?.tasks.some((held) => held.taskId === taskId && !held.stop) ?? false;
}

/**
 * Whether an agent's requests came in time and were answered in time for a whole lease. Where they were not although
 * nothing was done to them, this machine is too busy to keep the pace that it was asked to run at.
 */
export function hasSteadyPulse({ at, timings }: Pick<Sample, 'at' | 'timings'>, beats: readonly Beat[]): boolean {
  const begin = at - timings.lease - timings.serverMargin;
  const recent = beats.filter((beat) => beat.at >= begin);
  const times = [begin, ...recent.map((beat) => beat.at), at];
  const inTime = times.every((time, index) => time - (times[index - 1] ?? time) < 1.5 * timings.heartbeat);
  return inTime && recent.every(({ tookMs = at - begin }) => tookMs < timings.heartbeat / 2);
}
