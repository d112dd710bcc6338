import type { ClusterField, Cluster as WireCluster } from '@aws-sdk/client-ecs';
import type { ClusterCounts } from '#control/clusters/count-cluster.ts';
import { clusterArn } from '#core/model/arn.ts';
import type { Cluster } from '#core/model/cluster.ts';
import type { Scope } from '#core/model/scope.ts';
import { tagsIf } from '../tags.ts';

const FIELDS: readonly ClusterField[] = ['TAGS', 'SETTINGS'];

type ShownCounts = Pick<ClusterCounts, 'instances' | 'runningTasks' | 'pendingTasks' | 'activeServices'>;

/** What a cluster holds right after it was made, and when the last of it is gone. */
const NOTHING: ShownCounts = { instances: 0, runningTasks: 0, pendingTasks: 0, activeServices: 0 };

/** A cluster as ECS shows it; without `include` all parts but attachments are shown, as Create and Delete do. */
export function clusterView(
  scope: Scope,
  cluster: Cluster,
  counts: ShownCounts = NOTHING,
  include: readonly string[] = FIELDS,
): WireCluster {
  return {
    clusterArn: clusterArn(scope, cluster.name),
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: counts.instances,
    runningTasksCount: counts.runningTasks,
    pendingTasksCount: counts.pendingTasks,
    activeServicesCount: counts.activeServices,
    statistics: [],
    ...tagsIf(include.includes('TAGS'), cluster.tags),
    settings: include.includes('SETTINGS') ? (cluster.settings as NonNullable<WireCluster['settings']>) : [],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
  };
}
