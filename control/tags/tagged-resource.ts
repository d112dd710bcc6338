import { assertNever } from '#core/assert-never.ts';
import {
  capacityProviderKey,
  clusterKey,
  definitionKey,
  eksClusterKey,
  fargateProfileKey,
  registrationKey,
  serviceKey,
  taskKey,
} from '../keys.ts';
import type { Key } from '../ports.ts';

/** Everything that carries tags, by name. */
export type TaggedResource =
  | { readonly kind: 'cluster'; readonly cluster: string }
  | { readonly kind: 'capacity-provider'; readonly name: string }
  | { readonly kind: 'service'; readonly cluster: string; readonly service: string }
  | { readonly kind: 'task-set'; readonly cluster: string; readonly service: string; readonly taskSet: string }
  | { readonly kind: 'task'; readonly cluster: string; readonly taskId: string }
  | { readonly kind: 'container-instance'; readonly cluster: string; readonly instanceId: string }
  | { readonly kind: 'task-definition'; readonly family: string; readonly revision: number }
  /** The Kubernetes side of a cluster, which has tags of its own. */
  | { readonly kind: 'eks-cluster'; readonly cluster: string }
  | { readonly kind: 'fargate-profile'; readonly cluster: string; readonly profile: string; readonly id: string };

/** The item whose value holds the tags. */
export function taggedKey(resource: TaggedResource): Key {
  switch (resource.kind) {
    case 'cluster':
      return clusterKey(resource.cluster);
    case 'capacity-provider':
      return capacityProviderKey(resource.name);
    case 'service':
    case 'task-set':
      // A task set lives in its service's item.
      return serviceKey(resource.cluster, resource.service);
    case 'task':
      return taskKey(resource.cluster, resource.taskId);
    case 'container-instance':
      return registrationKey(resource.cluster, resource.instanceId);
    case 'task-definition':
      return definitionKey(resource.family, resource.revision);
    case 'eks-cluster':
      return eksClusterKey(resource.cluster);
    case 'fargate-profile':
      return fargateProfileKey(resource.cluster, resource.profile);
    default:
      return assertNever(resource);
  }
}
