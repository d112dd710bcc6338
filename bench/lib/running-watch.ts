import { setTimeout as wait } from 'node:timers/promises';
import { DescribeTasksCommand, type ECSClient } from '@aws-sdk/client-ecs';

/** What DescribeTasks takes at once. */
const BATCH = 100;

export interface RunningWatch {
  /** `sentAt` comes back with the moment the task was seen RUNNING. */
  add(taskArn: string, sentAt: number): void;
  /** Resolves when every task that was added has been seen RUNNING. Call once no more are added. */
  done(): Promise<void>;
}

/**
 * Sees tasks turn RUNNING through the public API: describes the oldest ones not seen yet, again and again, with
 * `pauseMs` between two requests. A task's moment is when the answer that says RUNNING has arrived.
 */
export function watchRunning(
  client: ECSClient,
  pauseMs: number,
  onRunning: (sentAt: number, seenAt: number) => void = () => undefined,
): RunningWatch {
  const open = new Map<string, number>();
  let isComplete = false;

  const look = async (): Promise<void> => {
    const arns = [...open.keys()].slice(0, BATCH);
    const { tasks = [], failures = [] } = await client.send(new DescribeTasksCommand({ tasks: arns }));
    if (failures.length > 0) throw new Error(`a launched task is gone: ${failures[0]?.reason}`);
    const seenAt = performance.now();
    for (const { taskArn = '', lastStatus, stoppedReason } of tasks) {
      if (lastStatus === 'STOPPED') throw new Error(`a task of the benchmark stopped: ${stoppedReason}`);
      if (lastStatus !== 'RUNNING') continue;
      onRunning(open.get(taskArn) ?? seenAt, seenAt);
      open.delete(taskArn);
    }
  };
  const watching = (async () => {
    while (!isComplete || open.size > 0) {
      if (open.size > 0) await look();
      await wait(pauseMs);
    }
  })();
  // The failure is handed to whoever awaits `done`; until then it must not end the process.
  watching.catch(() => undefined);

  return {
    add: (taskArn, sentAt) => void open.set(taskArn, sentAt),
    done: () => {
      isComplete = true;
      return watching;
    },
  };
}
