import { DescribeTasksCommand, type ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import { CommandError } from './errors.ts';
import type { StackAddress } from './stack-address.ts';
import { withStack } from './stack-client.ts';

const PAGE = 100;

/** The task of a pod for `pod/NAME` and `pod/NAMESPACE/NAME`; anything else is a task's own id or ARN. */
export async function findTask(address: StackAddress, cluster: string, name: string): Promise<string> {
  const [, first, second] = /^pod\/([^/]+)(?:\/([^/]+))?$/.exec(name) ?? [];
  if (first === undefined) return name;
  const group = second === undefined ? `pod:default/${first}` : `pod:${first}/${second}`;
  return withStack(address, async (client) => {
    for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
      const found = await inGroup(client, cluster, desiredStatus, group);
      if (found !== undefined) return found;
    }
    throw new CommandError(`${name} has no task in cluster ${cluster}`);
  });
}

async function inGroup(
  client: ECSClient,
  cluster: string,
  desiredStatus: 'RUNNING' | 'STOPPED',
  group: string,
): Promise<string | undefined> {
  let nextToken: string | undefined;
  do {
    const page = await client.send(new ListTasksCommand({ cluster, desiredStatus, maxResults: PAGE, nextToken }));
    const { taskArns = [] } = page;
    const { tasks = [] } =
      taskArns.length === 0 ? {} : await client.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
    const found = tasks.find((task) => task.group === group)?.taskArn;
    if (found !== undefined) return found;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return undefined;
}
