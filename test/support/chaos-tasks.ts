import {
  type ContainerDefinition,
  DescribeTasksCommand,
  type ECSClient,
  paginateListTasks,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { allPages, inGroups } from '#cli/pages.ts';

/** What a client sees of one task with one container. */
export interface SeenTask {
  readonly id: string;
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly desiredStatus: string | undefined;
  readonly lastStatus: string | undefined;
  readonly instanceArn: string | undefined;
  /** Epoch ms. */
  readonly startedAt: number | undefined;
  readonly stoppedReason: string | undefined;
  readonly runtimeId: string | undefined;
  readonly exitCode: number | undefined;
  readonly containerReason: string | undefined;
}

export interface SleeperOptions {
  readonly image?: string;
  readonly cpu?: number;
  readonly memory?: number;
}

/** A task definition whose one container does nothing until it is told to end. */
export async function registerSleeper(
  ecs: ECSClient,
  family: string,
  { image = 'none', cpu = 16, memory = 16 }: SleeperOptions = {},
): Promise<void> {
  const container: ContainerDefinition = {
    name: 'main',
    image,
    cpu,
    memory,
    essential: true,
    stopTimeout: 2,
    // Its own trap: the first process of a container ignores SIGTERM unless it handles it.
    command: ['/bin/sh', '-c', "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"],
  };
  await ecs.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions: [container] }));
}

/** Every task a client can list, running or lately stopped. */
export async function seenTasks(
  ecs: ECSClient,
  filter: { readonly serviceName?: string; readonly startedBy?: string; readonly family?: string } = {},
): Promise<readonly SeenTask[]> {
  const listed = await Promise.all(
    (['RUNNING', 'STOPPED'] as const).map((desiredStatus) =>
      allPages(paginateListTasks({ client: ecs }, { desiredStatus, ...filter }), (page) => page.taskArns),
    ),
  );
  return describeSeen(ecs, [...new Set(listed.flat())]);
}

export const describeSeen = (ecs: ECSClient, arns: readonly string[]): Promise<readonly SeenTask[]> =>
  inGroups(arns, 100, async (tasks) => {
    const { tasks: described = [] } = await ecs.send(new DescribeTasksCommand({ tasks }));
    return described.map((task): SeenTask => {
      const [container] = task.containers ?? [];
      return {
        id: idOf(task.taskArn),
        group: task.group ?? '',
        startedBy: task.startedBy,
        desiredStatus: task.desiredStatus,
        lastStatus: task.lastStatus,
        instanceArn: task.containerInstanceArn,
        startedAt: task.startedAt?.getTime(),
        stoppedReason: task.stoppedReason,
        runtimeId: container?.runtimeId,
        exitCode: container?.exitCode,
        containerReason: container?.reason,
      };
    });
  });

export const idOf = (arn: string | undefined): string => arn?.slice(arn.lastIndexOf('/') + 1) ?? '';

export const runningOf = (tasks: readonly SeenTask[]): readonly SeenTask[] =>
  tasks.filter(({ lastStatus, desiredStatus }) => lastStatus === 'RUNNING' && desiredStatus === 'RUNNING');
