import { collectionName, type KubeResource } from '#core/kube/resource.ts';
import type { Column } from '../column.ts';
import { AGE, NAME } from './common.ts';
import { eventColumns } from './event.ts';
import { nodeColumns } from './node.ts';
import {
  configMapColumns,
  disruptionBudgetColumns,
  leaseColumns,
  namespaceColumns,
  priorityClassColumns,
  secretColumns,
  serviceAccountColumns,
} from './plain.ts';
import { podColumns } from './pod.ts';
import { endpointSliceColumns, serviceColumns } from './service.ts';
import { deploymentColumns, jobColumns, replicaSetColumns } from './workload.ts';

/** By the name objects are stored under: another face of a resource has the same columns. */
const COLUMNS: ReadonlyMap<string, readonly Column[]> = new Map([
  ['configmaps', configMapColumns],
  ['deployments.apps', deploymentColumns],
  ['endpointslices.discovery.k8s.io', endpointSliceColumns],
  ['events', eventColumns],
  ['jobs.batch', jobColumns],
  ['leases.coordination.k8s.io', leaseColumns],
  ['namespaces', namespaceColumns],
  ['nodes', nodeColumns],
  ['poddisruptionbudgets.policy', disruptionBudgetColumns],
  ['pods', podColumns],
  ['priorityclasses.scheduling.k8s.io', priorityClassColumns],
  ['replicasets.apps', replicaSetColumns],
  ['secrets', secretColumns],
  ['serviceaccounts', serviceAccountColumns],
  ['services', serviceColumns],
]);

/** What kubectl shows of a resource's objects, in its order. */
export const columnsOf = (resource: KubeResource): readonly Column[] =>
  COLUMNS.get(collectionName(resource)) ?? [NAME, AGE];
