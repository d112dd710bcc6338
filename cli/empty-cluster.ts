import { setTimeout as wait } from 'node:timers/promises';
import {
  DeleteServiceCommand,
  type ECSClient,
  paginateListClusters,
  paginateListServices,
  paginateListTasks,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { CommandError } from './errors.ts';
import { allPages } from './pages.ts';
import { readStatus } from './read-status.ts';

const REASON = 'berth down';
const POLL_MS = 500;
/** What agents need to remove the containers of tasks whose end they have just reported. */
const SETTLE_MS = 1_000;

/** Deletes every service, stops every task and waits until no task runs any more. */
export async function emptyClusters(client: ECSClient, deadline: number): Promise<void> {
  for (const cluster of await allPages(paginateListClusters({ client }, {}), (page) => page.clusterArns)) {
    for (const service of await allPages(paginateListServices({ client }, { cluster }), (page) => page.serviceArns)) {
      await client.send(new DeleteServiceCommand({ cluster, service, force: true }));
    }
    for (const task of await allPages(paginateListTasks({ client }, { cluster }), (page) => page.taskArns)) {
      await client.send(new StopTaskCommand({ cluster, task, reason: REASON }));
    }
  }
  for (;;) {
    const left = (await readStatus(client)).flatMap(({ tasks }) =>
      tasks.filter((task) => task.lastStatus !== 'STOPPED'),
    );
    if (left.length === 0) return wait(SETTLE_MS);
    if (Date.now() > deadline) {
      throw new CommandError(`${left.length} tasks have not stopped in time; "npx berth status" shows them`);
    }
    await wait(POLL_MS);
  }
}
