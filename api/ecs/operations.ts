import * as ecs from '@aws-sdk/client-ecs';
import { Fault } from '#core/fault.ts';
import type { Operation } from './operation.ts';
import { createCapacityProviderOperation } from './operations/create-capacity-provider.ts';
import { createClusterOperation } from './operations/create-cluster.ts';
import { createServiceOperation } from './operations/create-service.ts';
import { deleteAccountSettingOperation } from './operations/delete-account-setting.ts';
import { deleteAttributesOperation } from './operations/delete-attributes.ts';
import { deleteCapacityProviderOperation } from './operations/delete-capacity-provider.ts';
import { deleteClusterOperation } from './operations/delete-cluster.ts';
import { deleteServiceOperation } from './operations/delete-service.ts';
import { deleteTaskDefinitionsOperation } from './operations/delete-task-definitions.ts';
import { deregisterContainerInstanceOperation } from './operations/deregister-container-instance.ts';
import { deregisterTaskDefinitionOperation } from './operations/deregister-task-definition.ts';
import { describeCapacityProvidersOperation } from './operations/describe-capacity-providers.ts';
import { describeClustersOperation } from './operations/describe-clusters.ts';
import { describeContainerInstancesOperation } from './operations/describe-container-instances.ts';
import { describeServicesOperation } from './operations/describe-services.ts';
import { describeTaskDefinitionOperation } from './operations/describe-task-definition.ts';
import { describeTasksOperation } from './operations/describe-tasks.ts';
import { eventsOperation } from './operations/events.ts';
import { executeCommandOperation } from './operations/execute-command.ts';
import { explainOperation } from './operations/explain.ts';
import { historyOperation } from './operations/history.ts';
import { listAccountSettingsOperation } from './operations/list-account-settings.ts';
import { listAttributesOperation } from './operations/list-attributes.ts';
import { listClustersOperation } from './operations/list-clusters.ts';
import { listContainerInstancesOperation } from './operations/list-container-instances.ts';
import { listServiceDeploymentsOperation } from './operations/list-service-deployments.ts';
import { listServicesOperation } from './operations/list-services.ts';
import { listServicesByNamespaceOperation } from './operations/list-services-by-namespace.ts';
import { listTagsForResourceOperation } from './operations/list-tags-for-resource.ts';
import { listTaskDefinitionFamiliesOperation } from './operations/list-task-definition-families.ts';
import { listTaskDefinitionsOperation } from './operations/list-task-definitions.ts';
import { listTasksOperation } from './operations/list-tasks.ts';
import { logsOperation } from './operations/logs.ts';
import { matchProfilesOperation } from './operations/match-profiles.ts';
import { planOperation } from './operations/plan.ts';
import { putAccountSettingDefaultOperation, putAccountSettingOperation } from './operations/put-account-setting.ts';
import { putAttributesOperation } from './operations/put-attributes.ts';
import { putClusterCapacityProvidersOperation } from './operations/put-cluster-capacity-providers.ts';
import { registerTaskDefinitionOperation } from './operations/register-task-definition.ts';
import { runTaskOperation } from './operations/run-task.ts';
import {
  continueServiceDeploymentOperation,
  describeServiceDeploymentsOperation,
  describeServiceRevisionsOperation,
  stopServiceDeploymentOperation,
} from './operations/service-deployments.ts';
import { startTaskOperation } from './operations/start-task.ts';
import { stopTaskOperation } from './operations/stop-task.ts';
import { tagResourceOperation } from './operations/tag-resource.ts';
import { getTaskProtectionOperation, updateTaskProtectionOperation } from './operations/task-protection.ts';
import {
  createTaskSetOperation,
  deleteTaskSetOperation,
  describeTaskSetsOperation,
  updateServicePrimaryTaskSetOperation,
  updateTaskSetOperation,
} from './operations/task-sets.ts';
import { untagResourceOperation } from './operations/untag-resource.ts';
import { updateCapacityProviderOperation } from './operations/update-capacity-provider.ts';
import { updateClusterOperation } from './operations/update-cluster.ts';
import { updateClusterSettingsOperation } from './operations/update-cluster-settings.ts';
import { updateContainerInstancesStateOperation } from './operations/update-container-instances-state.ts';
import { updateServiceOperation } from './operations/update-service.ts';
import { UNSERVED_OPERATIONS } from './unserved-operations.ts';
import { WireError } from './wire-error.ts';

const TARGET_PREFIX = 'AmazonEC2ContainerServiceV20141113.';

/** Every ECS operation Berth serves. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['CreateCluster', createClusterOperation],
  ['DescribeClusters', describeClustersOperation],
  ['UpdateCluster', updateClusterOperation],
  ['UpdateClusterSettings', updateClusterSettingsOperation],
  ['PutClusterCapacityProviders', putClusterCapacityProvidersOperation],
  ['CreateCapacityProvider', createCapacityProviderOperation],
  ['DeleteCapacityProvider', deleteCapacityProviderOperation],
  ['DescribeCapacityProviders', describeCapacityProvidersOperation],
  ['UpdateCapacityProvider', updateCapacityProviderOperation],
  ['ListClusters', listClustersOperation],
  ['DeleteCluster', deleteClusterOperation],
  ['RegisterTaskDefinition', registerTaskDefinitionOperation],
  ['DescribeTaskDefinition', describeTaskDefinitionOperation],
  ['ListTaskDefinitions', listTaskDefinitionsOperation],
  ['ListTaskDefinitionFamilies', listTaskDefinitionFamiliesOperation],
  ['DeleteTaskDefinitions', deleteTaskDefinitionsOperation],
  ['DeregisterTaskDefinition', deregisterTaskDefinitionOperation],
  ['RunTask', runTaskOperation],
  ['StartTask', startTaskOperation],
  ['StopTask', stopTaskOperation],
  ['DescribeTasks', describeTasksOperation],
  ['ListTasks', listTasksOperation],
  ['ExecuteCommand', executeCommandOperation],
  ['CreateService', createServiceOperation],
  ['UpdateService', updateServiceOperation],
  ['DescribeServices', describeServicesOperation],
  ['ListServices', listServicesOperation],
  ['ListServicesByNamespace', listServicesByNamespaceOperation],
  ['DeleteService', deleteServiceOperation],
  ['UpdateTaskProtection', updateTaskProtectionOperation],
  ['GetTaskProtection', getTaskProtectionOperation],
  ['CreateTaskSet', createTaskSetOperation],
  ['UpdateTaskSet', updateTaskSetOperation],
  ['DeleteTaskSet', deleteTaskSetOperation],
  ['DescribeTaskSets', describeTaskSetsOperation],
  ['UpdateServicePrimaryTaskSet', updateServicePrimaryTaskSetOperation],
  ['ListServiceDeployments', listServiceDeploymentsOperation],
  ['DescribeServiceDeployments', describeServiceDeploymentsOperation],
  ['DescribeServiceRevisions', describeServiceRevisionsOperation],
  ['StopServiceDeployment', stopServiceDeploymentOperation],
  ['ContinueServiceDeployment', continueServiceDeploymentOperation],
  ['ListContainerInstances', listContainerInstancesOperation],
  ['DescribeContainerInstances', describeContainerInstancesOperation],
  ['DeregisterContainerInstance', deregisterContainerInstanceOperation],
  ['UpdateContainerInstancesState', updateContainerInstancesStateOperation],
  ['PutAttributes', putAttributesOperation],
  ['DeleteAttributes', deleteAttributesOperation],
  ['ListAttributes', listAttributesOperation],
  ['DeleteAccountSetting', deleteAccountSettingOperation],
  ['ListAccountSettings', listAccountSettingsOperation],
  ['PutAccountSetting', putAccountSettingOperation],
  ['PutAccountSettingDefault', putAccountSettingDefaultOperation],
  ['TagResource', tagResourceOperation],
  ['UntagResource', untagResourceOperation],
  ['ListTagsForResource', listTagsForResourceOperation],
]);

/** What ECS has no operation for, under a prefix of its own so that no later version of ECS can collide with it. */
const OWN_OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['Berth.Explain', explainOperation],
  ['Berth.Logs', logsOperation],
  ['Berth.Events', eventsOperation],
  ['Berth.History', historyOperation],
  ['Berth.MatchProfiles', matchProfilesOperation],
  [
    'Berth.Plan',
    planOperation(
      new Map([
        ['RunTask', runTaskOperation],
        ['CreateService', createServiceOperation],
        ['UpdateService', updateServiceOperation],
      ]),
    ),
  ],
]);

/** The operation an X-Amz-Target header names. An operation ECS has and Berth does not is refused by name. */
export function operationOf(target: string): Operation {
  const name = target.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : '';
  const operation = OPERATIONS.get(name) ?? OWN_OPERATIONS.get(target);
  if (operation) return operation;
  if (isModelled(name)) {
    const reason = UNSERVED_OPERATIONS.get(name) ?? 'it is new in the model.';
    throw new Fault('Unsupported', `Berth does not serve the operation ${name}: ${reason}`);
  }
  throw new WireError('UnknownOperationException', 'The request names no operation of ECS.');
}

/** The SDK exports one client command for every operation of the model. */
const isModelled = (name: string): boolean => /^[A-Za-z]{1,64}$/.test(name) && Object.hasOwn(ecs, `${name}Command`);
