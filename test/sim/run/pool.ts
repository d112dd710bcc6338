import { Worker } from 'node:worker_threads';
import type { Outcome } from './run-schedule.ts';
import type { Schedule } from './schedule.ts';

interface PoolOptions {
  readonly jobs: number;
  /** Ends the run at once; what is under way is lost. */
  readonly signal: AbortSignal;
  /** Answers false to hand out nothing more; what is under way still ends, so every earlier schedule is told of. */
  readonly onOutcome: (outcome: Outcome, index: number) => boolean;
}

/** Large enough that handing over costs nothing, small enough that the threads end together. */
const BATCH = 8;

/** Runs schedules on threads, handed out in order. Rejects when a thread dies. */
export async function runPool(schedules: readonly Schedule[], { jobs, signal, onOutcome }: PoolOptions): Promise<void> {
  let next = 0;
  let isWanted = true;
  const threads = Math.min(jobs, Math.ceil(schedules.length / BATCH));

  const work = (worker: Worker): Promise<void> =>
    new Promise((resolve, reject) => {
      let first = 0;
      const hand = (): void => {
        first = next;
        next += BATCH;
        if (isWanted && !signal.aborted && first < schedules.length) {
          worker.postMessage(schedules.slice(first, first + BATCH));
        } else resolve();
      };
      worker.on('message', (outcomes: readonly Outcome[]) => {
        for (const [at, outcome] of outcomes.entries()) isWanted = onOutcome(outcome, first + at) && isWanted;
        hand();
      });
      worker.on('error', reject);
      signal.addEventListener('abort', () => resolve());
      hand();
    });

  const workers = Array.from({ length: threads }, () => new Worker(new URL('./sim-worker.ts', import.meta.url)));
  try {
    await Promise.all(workers.map(work));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
