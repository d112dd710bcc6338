import type { Log } from '#control/ports.ts';
import type { Invoke } from './load-functions.ts';

export interface Schedule {
  /** Fires no more, and waits for a run that is under way. */
  stop(): Promise<void>;
}

export interface ScheduleOptions {
  readonly name: string;
  readonly invoke: Invoke;
  /** Time between the end of one run and the start of the next. */
  readonly everyMs: number;
  readonly log: Log;
}

/**
 * Runs a scheduled function again and again, one run at a time.
 * The pace is the sweep's own, because a local stack may run faster than EventBridge's minute.
 */
export function startSchedule({ name, invoke, everyMs, log }: ScheduleOptions): Schedule {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();

  const run = async (): Promise<void> => {
    try {
      await invoke({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} });
    } catch (error) {
      log.error('scheduled function failed', { function: name, error });
    }
    if (!stopped) arm();
  };
  const arm = (): void => {
    timer = setTimeout(() => {
      running = run();
    }, everyMs);
  };

  arm();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
