import type { Tally } from './tally.ts';

const EVERY_MS = 3_000;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

function remaining(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

/** Says on standard error, every few seconds, how far a run has come; returns how to stop that. */
export function showProgress(what: string, tally: Tally, total: number): () => void {
  const timer = setInterval(() => {
    const { schedules, schedulesPerSecond, failures } = tally.summary();
    const left = schedulesPerSecond > 0 ? `, ${remaining((total - schedules) / schedulesPerSecond)} left` : '';
    say(`${what}${schedules} of ${total}, ${schedulesPerSecond}/s, ${failures.length} violations${left}`);
  }, EVERY_MS);
  return () => clearInterval(timer);
}
