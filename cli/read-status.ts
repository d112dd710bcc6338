import {
  type ContainerInstance,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  paginateListClusters,
  paginateListContainerInstances,
  paginateListServices,
  paginateListTasks,
  type Resource,
  type Service,
  type Task,
} from '@aws-sdk/client-ecs';
import { allPages, inGroups } from './pages.ts';

export interface ServiceStatus {
  readonly name: string;
  readonly status: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  /** Newest first, at most three. */
  readonly events: readonly string[];
}

export interface TaskStatus {
  readonly id: string;
  readonly group: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
  /** Why it does not run; empty when nothing said so. */
  readonly reason: string;
}

export interface InstanceStatus {
  readonly id: string;
  readonly status: string;
  readonly connected: boolean;
  readonly running: number;
  readonly cpu: { readonly free: number; readonly total: number };
  readonly memory: { readonly free: number; readonly total: number };
}

export interface ClusterStatus {
  readonly cluster: string;
  readonly services: readonly ServiceStatus[];
  readonly tasks: readonly TaskStatus[];
  readonly instances: readonly InstanceStatus[];
}

/** Reads what runs in every cluster, through the ECS API alone. */
export async function readStatus(client: ECSClient): Promise<readonly ClusterStatus[]> {
  const arns = await allPages(paginateListClusters({ client }, {}), (page) => page.clusterArns);
  const clusters: ClusterStatus[] = [];
  for (const cluster of arns.map(lastPart)) {
    const [services, tasks, instances] = await Promise.all([
      readServices(client, cluster),
      readTasks(client, cluster),
      readInstances(client, cluster),
    ]);
    clusters.push({ cluster, services, tasks, instances });
  }
  return clusters;
}

async function readServices(client: ECSClient, cluster: string): Promise<readonly ServiceStatus[]> {
  const arns = await allPages(paginateListServices({ client }, { cluster }), (page) => page.serviceArns);
  const found = await inGroups(arns, 10, async (services) => {
    const answer = await client.send(new DescribeServicesCommand({ cluster, services }));
    return answer.services;
  });
  return found.map(serviceStatus);
}

async function readTasks(client: ECSClient, cluster: string): Promise<readonly TaskStatus[]> {
  const listed = await Promise.all(
    (['RUNNING', 'STOPPED'] as const).map((desiredStatus) =>
      allPages(paginateListTasks({ client }, { cluster, desiredStatus }), (page) => page.taskArns),
    ),
  );
  const found = await inGroups([...new Set(listed.flat())], 100, async (tasks) => {
    const answer = await client.send(new DescribeTasksCommand({ cluster, tasks }));
    return answer.tasks;
  });
  return found.map(taskStatus);
}

async function readInstances(client: ECSClient, cluster: string): Promise<readonly InstanceStatus[]> {
  const arns = await allPages(
    paginateListContainerInstances({ client }, { cluster }),
    (page) => page.containerInstanceArns,
  );
  const found = await inGroups(arns, 100, async (containerInstances) => {
    const answer = await client.send(new DescribeContainerInstancesCommand({ cluster, containerInstances }));
    return answer.containerInstances;
  });
  return found.map(instanceStatus);
}

export const serviceStatus = (service: Service): ServiceStatus => ({
  name: service.serviceName ?? '',
  status: service.status ?? '',
  desired: service.desiredCount ?? 0,
  running: service.runningCount ?? 0,
  pending: service.pendingCount ?? 0,
  events: (service.events ?? []).slice(0, 3).map((event) => event.message ?? ''),
});

export const taskStatus = (task: Task): TaskStatus => ({
  id: lastPart(task.taskArn ?? ''),
  group: task.group ?? '',
  lastStatus: task.lastStatus ?? '',
  desiredStatus: task.desiredStatus ?? '',
  reason: [task.stoppedReason, ...(task.containers ?? []).map((container) => container.reason)]
    .filter((reason, index, all) => reason && all.indexOf(reason) === index)
    .join('; '),
});

export const instanceStatus = (instance: ContainerInstance): InstanceStatus => ({
  id: lastPart(instance.containerInstanceArn ?? ''),
  status: instance.status ?? '',
  connected: instance.agentConnected ?? false,
  running: instance.runningTasksCount ?? 0,
  cpu: { free: amount(instance.remainingResources, 'CPU'), total: amount(instance.registeredResources, 'CPU') },
  memory: {
    free: amount(instance.remainingResources, 'MEMORY'),
    total: amount(instance.registeredResources, 'MEMORY'),
  },
});

const amount = (resources: readonly Resource[] | undefined, name: string): number =>
  resources?.find((resource) => resource.name === name)?.integerValue ?? 0;

export const lastPart = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
