import type { ClusterField, Cluster as WireCluster } from '@aws-sdk/client-ecs';
import { type ClusterCounts, sum } from '#control/clusters/count-cluster.ts';
import { clusterArn } from '#core/model/arn.ts';
import type { Cluster } from '#core/model/cluster.ts';
import type { Scope } from '#core/model/scope.ts';
import { tagsIf } from '../tags.ts';

/** What Create, Update and Delete show without being asked. */
const FIELDS: readonly ClusterField[] = ['CONFIGURATIONS', 'SETTINGS', 'TAGS'];

/** What a cluster holds right after it was made, and when the last of it is gone. */
const NOTHING: ClusterCounts = { instances: 0, running: {}, pending: {}, activeServices: {}, drainingServices: {} };

/** A cluster as ECS shows it. */
export function clusterView(
  scope: Scope,
  cluster: Cluster,
  counts: ClusterCounts = NOTHING,
  include: readonly string[] = FIELDS,
): WireCluster {
  return {
    clusterArn: clusterArn(scope, cluster.name),
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: counts.instances,
    runningTasksCount: sum(counts.running),
    pendingTasksCount: sum(counts.pending),
    activeServicesCount: sum(counts.activeServices),
    statistics: include.includes('STATISTICS') ? statistics(counts) : [],
    ...tagsIf(include.includes('TAGS'), cluster.tags),
    settings: include.includes('SETTINGS') ? (cluster.settings as NonNullable<WireCluster['settings']>) : [],
    ...(include.includes('CONFIGURATIONS')
      ? { configuration: cluster.configuration as WireCluster['configuration'] }
      : {}),
    capacityProviders: [...(cluster.capacityProviders ?? [])],
    defaultCapacityProviderStrategy: (cluster.defaultCapacityProviderStrategy ?? []).map((item) => ({ ...item })),
    // A provider of Berth has no scaling policy or anything else of its own to attach.
    ...(include.includes('ATTACHMENTS') ? { attachments: [] } : {}),
  };
}

/** The names AWS documents; it has none for the launch type EXTERNAL. */
const statistics = ({ running, pending, activeServices, drainingServices }: ClusterCounts) =>
  Object.entries({
    runningEC2TasksCount: running.EC2,
    runningFargateTasksCount: running.FARGATE,
    pendingEC2TasksCount: pending.EC2,
    pendingFargateTasksCount: pending.FARGATE,
    activeEC2ServiceCount: activeServices.EC2,
    activeFargateServiceCount: activeServices.FARGATE,
    drainingEC2ServiceCount: drainingServices.EC2,
    drainingFargateServiceCount: drainingServices.FARGATE,
  }).map(([name, count = 0]) => ({ name, value: String(count) }));
