import { setTimeout as wait } from 'node:timers/promises';
import type { ECSClient } from '@aws-sdk/client-ecs';
import { readStatus, type TaskStatus } from '../read-status.ts';
import { CLUSTER } from './demo-service.ts';

const POLL_MS = 200;

export async function demoTasks(client: ECSClient): Promise<readonly TaskStatus[]> {
  const clusters = await readStatus(client);
  return clusters.find(({ cluster }) => cluster === CLUSTER)?.tasks ?? [];
}

/** Polls until `done` holds, telling each change of the picture. Throws when `giveUp` fires first. */
export async function watchTasks(
  client: ECSClient,
  done: (tasks: readonly TaskStatus[]) => boolean,
  tell: (line: string) => void,
  giveUp: AbortSignal,
): Promise<readonly TaskStatus[]> {
  let told = '';
  for (;;) {
    const tasks = await demoTasks(client);
    const picture = summary(tasks);
    if (picture !== told) tell(picture);
    told = picture;
    if (done(tasks)) return tasks;
    await wait(POLL_MS, undefined, { signal: giveUp });
  }
}

/** `2 RUNNING, 1 PENDING`. */
function summary(tasks: readonly TaskStatus[]): string {
  const counts = Map.groupBy(tasks, (task) => task.lastStatus);
  return [...counts].map(([status, some]) => `${some.length} ${status}`).join(', ') || 'no tasks yet';
}
