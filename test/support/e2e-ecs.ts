import {
  type ContainerDefinition,
  CreateServiceCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListContainerInstancesCommand,
  RegisterTaskDefinitionCommand,
  type Task,
  type TaskDefinition,
  waitUntilServicesStable,
} from '@aws-sdk/client-ecs';
import { runningOf, type SeenTask, seenTasks } from './chaos-tasks.ts';
import { waitUntil } from './wait-until.ts';

const WITHIN_MS = 20_000;

/** The SDK's waiters at a pace that suits a stack on this machine; seconds. */
export const waiting = (client: ECSClient) => ({ client, maxWaitTime: 30, minDelay: 0.1, maxDelay: 0.5 });

/** Its own trap: the first process of a container ignores SIGTERM unless it handles it. */
const SLEEP = ['/bin/sh', '-c', "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"];

/** A definition whose one container, `main`, does nothing until it is stopped; every runtime can run it. */
export async function registerMain(
  ecs: ECSClient,
  family: string,
  change: Partial<ContainerDefinition> = {},
): Promise<TaskDefinition> {
  const container = { name: 'main', image: 'none', cpu: 16, memory: 16, essential: true, command: SLEEP, ...change };
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({ family, containerDefinitions: [container] }),
  );
  if (!taskDefinition) throw new Error(`${family} was not registered`);
  return taskDefinition;
}

/** A service of the newest revision of the definition that is named as it is. */
export async function createService(ecs: ECSClient, name: string, desiredCount: number): Promise<void> {
  await ecs.send(new CreateServiceCommand({ serviceName: name, taskDefinition: name, desiredCount }));
}

/** Waits until the service has its tasks, and no deployment but the newest; throws when it never does. */
export async function untilStable(ecs: ECSClient, service: string): Promise<void> {
  await waitUntilServicesStable(waiting(ecs), { services: [service] });
}

/** Every task of the cluster that runs and shall run. */
export const runningTasks = async (ecs: ECSClient): Promise<readonly SeenTask[]> => runningOf(await seenTasks(ecs));

/** Waits until `count` container instances are registered; their ARNs. */
export async function instancesThere(ecs: ECSClient, count: number): Promise<readonly string[]> {
  const { value } = await waitUntil(
    `${count} container instances`,
    async () => (await ecs.send(new ListContainerInstancesCommand({}))).containerInstanceArns ?? [],
    (arns) => arns.length === count,
    { withinMs: WITHIN_MS },
  );
  return value;
}

/** Waits until `isThere` holds of one task. */
export async function taskThere(ecs: ECSClient, arn: string, isThere: (task: Task) => boolean): Promise<Task> {
  const { value } = await waitUntil(
    `task ${arn}`,
    async () => (await ecs.send(new DescribeTasksCommand({ tasks: [arn] }))).tasks?.[0],
    (task) => task !== undefined && isThere(task),
    { withinMs: WITHIN_MS },
  );
  return value as Task;
}

/** What every answer of the model leaves optional and a test cannot go on without. */
export function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the answer lacks a member that it must have');
  return value;
}

/** ARNs of an answer's items, in the order of the answer. */
export const taskArns = (tasks: readonly Task[] | undefined): string[] =>
  (tasks ?? []).map(({ taskArn }) => given(taskArn));
