import { DIRECTED, playDirected } from '../directed/directed.ts';
import { type SimResult, simulate } from '../world/world.ts';
import type { Schedule } from './schedule.ts';

export interface Outcome {
  readonly schedule: Schedule;
  readonly result: Omit<SimResult, 'seed'>;
}

type Trace = (line: string) => void;

const NOTHING = { events: 0, virtualMs: 0 };

/** One turn of the event loop, after which Node has told of every rejection that nobody handled. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const textOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
const escapedError = (story: string) => ({ invariant: 'X6', story: `an error escaped: ${story}`, at: 0 });

/** Runs one schedule. An error that escapes from it is a violation like any other (X6), not the end of the run. */
export async function runSchedule(schedule: Schedule, trace?: Trace): Promise<Outcome> {
  let escaped: string | undefined;
  const note = (error: unknown): void => {
    escaped ??= textOf(error);
  };
  process.on('unhandledRejection', note);
  try {
    const result = await play(schedule, trace);
    await turn();
    return { schedule, result: escaped === undefined ? result : { violation: escapedError(escaped), ...result } };
  } catch (error) {
    return { schedule, result: { violation: escapedError(textOf(error)), ...NOTHING } };
  } finally {
    process.off('unhandledRejection', note);
  }
}

async function play(schedule: Schedule, trace: Trace | undefined): Promise<Outcome['result']> {
  if (schedule.kind === 'random') {
    const { kind: _kind, ...options } = schedule;
    const { seed: _seed, ...result } = await simulate({ ...options, ...(trace && { trace }) });
    return result;
  }
  const directed = DIRECTED.find(({ name }) => name === schedule.name);
  if (!directed) throw new RangeError(`no directed schedule is called ${schedule.name}`);
  const violation = await playDirected(directed, { mutant: schedule.mutant, ...(trace && { trace }) });
  return { ...NOTHING, ...(violation && { violation }) };
}
