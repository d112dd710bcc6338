import { parentPort } from 'node:worker_threads';
import { type Outcome, runSchedule } from './run-schedule.ts';
import type { Schedule } from './schedule.ts';

/** The thread's side of the pool: schedules come in, their outcomes go back together. */
parentPort?.on('message', async (schedules: readonly Schedule[]) => {
  const outcomes: Outcome[] = [];
  for (const schedule of schedules) outcomes.push(await runSchedule(schedule));
  parentPort?.postMessage(outcomes);
});
