import { DescribeContainerInstancesCommand, ListContainerInstancesCommand } from '@aws-sdk/client-ecs';
import type { RunningStack } from './running-stack.ts';

/** How many machines of the default cluster are connected and take tasks. */
export async function activeInstances({ ecs }: RunningStack): Promise<number> {
  const { containerInstanceArns = [] } = await ecs.send(new ListContainerInstancesCommand({}));
  if (containerInstanceArns.length === 0) return 0;
  const described = await ecs.send(
    new DescribeContainerInstancesCommand({ containerInstances: containerInstanceArns }),
  );
  return (described.containerInstances ?? []).filter(
    ({ agentConnected, status }) => agentConnected && status === 'ACTIVE',
  ).length;
}
