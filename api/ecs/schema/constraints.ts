import * as ecs from '@aws-sdk/client-ecs';
import { Fault } from '#core/fault.ts';

/**
 * What the SDK's schemas do not carry: enums, ranges, lengths and patterns, keyed `Structure.member`.
 * Sources: the enum objects of client-ecs and the ECS API reference.
 */
type Constraint =
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'range'; readonly min: number; readonly max: number }
  | { readonly kind: 'length'; readonly max: number; readonly noun?: string }
  | { readonly kind: 'pattern'; readonly pattern: RegExp; readonly message: string };

const oneOf = (values: Readonly<Record<string, string>>): Constraint => ({
  kind: 'enum',
  values: Object.values(values),
});
const range = (min: number, max: number): Constraint => ({ kind: 'range', min, max });
/** `noun` is what ECS calls the items in its complaint, where that is not the member's name. */
const upTo = (max: number, noun?: string): Constraint => ({ kind: 'length', max, ...(noun ? { noun } : {}) });
const matching = (pattern: RegExp, message: string): Constraint => ({ kind: 'pattern', pattern, message });

const INT_MAX = 2 ** 31 - 1;
const MAX_REFERENCE = 2048;
const reference = upTo(MAX_REFERENCE);
const name = (message: string): Constraint => matching(/^[A-Za-z0-9_-]{1,255}$/, message);
const familyPrefix = matching(/^[A-Za-z0-9_-]{0,255}$/, 'Family contains invalid characters.');
const pageSize = range(1, 100);
const MAX_TASK_SETS_DESCRIBED = 10;

const placement = (structure: string): Readonly<Record<string, Constraint>> => ({
  [`${structure}.placementConstraints`]: upTo(10),
  [`${structure}.placementStrategy`]: upTo(5),
  [`${structure}.capacityProviderStrategy`]: upTo(20),
  [`${structure}.launchType`]: oneOf(ecs.LaunchType),
  [`${structure}.propagateTags`]: oneOf(ecs.PropagateTags),
});

const launch = (structure: string): Readonly<Record<string, Constraint>> => ({
  ...placement(structure),
  [`${structure}.group`]: upTo(255),
  [`${structure}.startedBy`]: upTo(128),
  [`${structure}.referenceId`]: upTo(1024),
  [`${structure}.taskDefinition`]: reference,
});

const serviceMembers = (structure: string): Readonly<Record<string, Constraint>> => ({
  ...placement(structure),
  [`${structure}.desiredCount`]: range(0, 5000),
  [`${structure}.healthCheckGracePeriodSeconds`]: range(0, INT_MAX),
  [`${structure}.availabilityZoneRebalancing`]: oneOf(ecs.AvailabilityZoneRebalancing),
  [`${structure}.taskDefinition`]: reference,
});

const groupMembers = (structure: string): Readonly<Record<string, Constraint>> => ({
  [`${structure}.managedTerminationProtection`]: oneOf(ecs.ManagedTerminationProtection),
  [`${structure}.managedDraining`]: oneOf(ecs.ManagedDraining),
});

const CONSTRAINTS: Readonly<Record<string, Constraint>> = {
  'CreateClusterRequest.clusterName': name('Invalid Cluster name.'),
  'CreateClusterRequest.settings': upTo(10),
  'CreateClusterRequest.capacityProviders': upTo(20),
  'CreateClusterRequest.defaultCapacityProviderStrategy': upTo(20),
  'UpdateClusterRequest.settings': upTo(10),
  'UpdateClusterSettingsRequest.settings': upTo(10),
  'PutClusterCapacityProvidersRequest.capacityProviders': upTo(20),
  'PutClusterCapacityProvidersRequest.defaultCapacityProviderStrategy': upTo(20),
  'ExecuteCommandConfiguration.logging': oneOf(ecs.ExecuteCommandLogging),
  'ExecuteCommandConfiguration.kmsKeyId': reference,
  'ExecuteCommandLogConfiguration.cloudWatchLogGroupName': reference,
  'ExecuteCommandLogConfiguration.s3BucketName': reference,
  'ExecuteCommandLogConfiguration.s3KeyPrefix': reference,
  'ManagedStorageConfiguration.kmsKeyId': reference,
  'ManagedStorageConfiguration.fargateEphemeralStorageKmsKeyId': reference,
  'DescribeClustersRequest.include': oneOf(ecs.ClusterField),
  'ClusterSetting.value': upTo(255),
  'ClusterSetting.name': oneOf(ecs.ClusterSettingName),
  'DescribeClustersRequest.clusters': upTo(100),
  'ListClustersRequest.maxResults': pageSize,

  'DescribeCapacityProvidersRequest.capacityProviders': upTo(100),
  'DescribeCapacityProvidersRequest.maxResults': range(1, 10),
  'DescribeCapacityProvidersRequest.include': oneOf(ecs.CapacityProviderField),
  'ManagedScaling.status': oneOf(ecs.ManagedScalingStatus),
  'ManagedScaling.targetCapacity': range(1, 100),
  'ManagedScaling.minimumScalingStepSize': range(1, 10_000),
  'ManagedScaling.maximumScalingStepSize': range(1, 10_000),
  'ManagedScaling.instanceWarmupPeriod': range(0, 10_000),
  ...groupMembers('AutoScalingGroupProvider'),
  ...groupMembers('AutoScalingGroupProviderUpdate'),

  'PutAccountSettingRequest.name': oneOf(ecs.SettingName),
  'PutAccountSettingDefaultRequest.name': oneOf(ecs.SettingName),
  'DeleteAccountSettingRequest.name': oneOf(ecs.SettingName),
  'ListAccountSettingsRequest.name': oneOf(ecs.SettingName),
  'ListAccountSettingsRequest.maxResults': range(1, 10),

  'RegisterTaskDefinitionRequest.family': name('Family contains invalid characters.'),
  'RegisterTaskDefinitionRequest.networkMode': oneOf(ecs.NetworkMode),
  'RegisterTaskDefinitionRequest.pidMode': oneOf(ecs.PidMode),
  'RegisterTaskDefinitionRequest.ipcMode': oneOf(ecs.IpcMode),
  'ContainerDefinition.name': name('Container name contains invalid characters.'),
  'ContainerDefinition.image': upTo(1024),
  'ContainerDefinition.cpu': range(0, 196_608),
  'ContainerDefinition.memory': range(0, INT_MAX),
  'ContainerDefinition.memoryReservation': range(0, INT_MAX),
  'ContainerDefinition.startTimeout': range(0, INT_MAX),
  'ContainerDefinition.stopTimeout': range(0, INT_MAX),
  'ContainerDefinition.versionConsistency': oneOf(ecs.VersionConsistency),
  'ContainerDependency.condition': oneOf(ecs.ContainerCondition),
  'ContainerRestartPolicy.ignoredExitCodes': upTo(50),
  'ContainerRestartPolicy.restartAttemptPeriod': range(60, 1800),
  'HealthCheck.interval': range(5, 300),
  'HealthCheck.timeout': range(2, 60),
  'HealthCheck.retries': range(1, 10),
  'HealthCheck.startPeriod': range(0, 300),
  'LogConfiguration.logDriver': oneOf(ecs.LogDriver),
  'PortMapping.protocol': oneOf(ecs.TransportProtocol),
  'PortMapping.appProtocol': oneOf(ecs.ApplicationProtocol),
  'ResourceRequirement.type': oneOf(ecs.ResourceType),
  'Ulimit.name': oneOf(ecs.UlimitName),
  'FirelensConfiguration.type': oneOf(ecs.FirelensConfigurationType),
  'EnvironmentFile.type': oneOf(ecs.EnvironmentFileType),
  'RuntimePlatform.cpuArchitecture': oneOf(ecs.CPUArchitecture),
  'RuntimePlatform.operatingSystemFamily': oneOf(ecs.OSFamily),
  'EphemeralStorage.sizeInGiB': range(20, 200),
  'Device.permissions': oneOf(ecs.DeviceCgroupPermission),
  'ProxyConfiguration.type': oneOf(ecs.ProxyConfigurationType),
  'DockerVolumeConfiguration.scope': oneOf(ecs.Scope),
  'EFSVolumeConfiguration.transitEncryption': oneOf(ecs.EFSTransitEncryption),
  'EFSAuthorizationConfig.iam': oneOf(ecs.EFSAuthorizationConfigIAM),
  'DescribeTaskDefinitionRequest.taskDefinition': reference,
  'DescribeTaskDefinitionRequest.include': oneOf(ecs.TaskDefinitionField),
  'DeregisterTaskDefinitionRequest.taskDefinition': reference,
  'DeleteTaskDefinitionsRequest.taskDefinitions': upTo(10),
  'ListTaskDefinitionsRequest.status': oneOf(ecs.TaskDefinitionStatus),
  'ListTaskDefinitionsRequest.sort': oneOf(ecs.SortOrder),
  'ListTaskDefinitionsRequest.familyPrefix': familyPrefix,
  'ListTaskDefinitionsRequest.maxResults': pageSize,
  'ListTaskDefinitionFamiliesRequest.status': oneOf(ecs.TaskDefinitionFamilyStatus),
  'ListTaskDefinitionFamiliesRequest.familyPrefix': familyPrefix,
  'ListTaskDefinitionFamiliesRequest.maxResults': pageSize,

  ...launch('RunTaskRequest'),
  'RunTaskRequest.count': range(1, 10),
  'RunTaskRequest.clientToken': upTo(64),
  ...launch('StartTaskRequest'),
  'StartTaskRequest.containerInstances': upTo(10),
  'StopTaskRequest.reason': upTo(1024),
  'DescribeTasksRequest.tasks': upTo(100, 'taskIds'),
  'DescribeTasksRequest.include': oneOf(ecs.TaskField),
  'GetTaskProtectionRequest.tasks': upTo(100, 'taskIds'),
  'UpdateTaskProtectionRequest.tasks': upTo(10, 'taskIds'),
  'UpdateTaskProtectionRequest.expiresInMinutes': range(1, 2880),
  'ListTasksRequest.desiredStatus': oneOf(ecs.DesiredStatus),
  'ListTasksRequest.launchType': oneOf(ecs.LaunchType),
  'ListTasksRequest.maxResults': pageSize,
  'PlacementConstraint.type': oneOf(ecs.PlacementConstraintType),
  'PlacementConstraint.expression': upTo(2000),
  'PlacementStrategy.type': oneOf(ecs.PlacementStrategyType),
  'CapacityProviderStrategyItem.base': range(0, 100_000),
  'CapacityProviderStrategyItem.weight': range(0, 1000),
  'AwsVpcConfiguration.assignPublicIp': oneOf(ecs.AssignPublicIp),
  'AwsVpcConfiguration.subnets': upTo(16),
  'AwsVpcConfiguration.securityGroups': upTo(5),
  'ContainerOverride.cpu': range(0, 196_608),
  'ContainerOverride.memory': range(0, INT_MAX),
  'ContainerOverride.memoryReservation': range(0, INT_MAX),

  ...serviceMembers('CreateServiceRequest'),
  'CreateServiceRequest.serviceName': name('Invalid service name.'),
  'CreateServiceRequest.clientToken': upTo(36),
  'CreateServiceRequest.schedulingStrategy': oneOf(ecs.SchedulingStrategy),
  ...serviceMembers('UpdateServiceRequest'),
  'CreateTaskSetRequest.taskDefinition': reference,
  'CreateTaskSetRequest.externalId': upTo(255),
  'CreateTaskSetRequest.clientToken': upTo(36),
  'CreateTaskSetRequest.launchType': oneOf(ecs.LaunchType),
  'CreateTaskSetRequest.capacityProviderStrategy': upTo(20),
  'CreateTaskSetRequest.loadBalancers': upTo(5),
  'CreateTaskSetRequest.serviceRegistries': upTo(1),
  'Scale.unit': oneOf(ecs.ScaleUnit),
  'DescribeTaskSetsRequest.taskSets': upTo(MAX_TASK_SETS_DESCRIBED),
  'DescribeTaskSetsRequest.include': oneOf(ecs.TaskSetField),
  'DeploymentConfiguration.maximumPercent': range(0, 1000),
  'DeploymentConfiguration.minimumHealthyPercent': range(0, 100),
  'DeploymentConfiguration.strategy': oneOf(ecs.DeploymentStrategy),
  'DeploymentEarlySuccessCriteria.sourceServiceRevisionCleanup': oneOf(ecs.ServiceRevisionCleanup),
  'DeploymentLifecycleHook.lifecycleStages': oneOf(ecs.DeploymentLifecycleHookStage),
  'DeploymentLifecycleHook.targetType': oneOf(ecs.DeploymentLifecycleHookTargetType),
  'DeploymentLifecycleHookTimeoutConfiguration.action': oneOf(ecs.DeploymentLifecycleHookAction),
  'ContinueServiceDeploymentRequest.action': oneOf(ecs.DeploymentLifecycleHookAction),
  'DeploymentController.type': oneOf(ecs.DeploymentControllerType),
  'DescribeServicesRequest.services': upTo(10, 'service names'),
  'DescribeServicesRequest.include': oneOf(ecs.ServiceField),
  'ListServicesRequest.resourceManagementType': oneOf(ecs.ResourceManagementType),
  'ListServiceDeploymentsRequest.maxResults': pageSize,
  'ListServiceDeploymentsRequest.status': oneOf(ecs.ServiceDeploymentStatus),
  'DescribeServiceDeploymentsRequest.serviceDeploymentArns': upTo(20),
  'DescribeServiceRevisionsRequest.serviceRevisionArns': upTo(20),
  'StopServiceDeploymentRequest.stopType': oneOf(ecs.StopServiceDeploymentStopType),
  'ThresholdConfiguration.type': oneOf(ecs.ThresholdType),
  'ListServicesRequest.launchType': oneOf(ecs.LaunchType),
  'ListServicesRequest.schedulingStrategy': oneOf(ecs.SchedulingStrategy),
  'ListServicesRequest.maxResults': pageSize,
  'ListServicesByNamespaceRequest.namespace': upTo(1024),
  'ListServicesByNamespaceRequest.maxResults': pageSize,

  'Attribute.targetType': oneOf(ecs.TargetType),
  'PutAttributesRequest.attributes': upTo(10),
  'DeleteAttributesRequest.attributes': upTo(10),
  'ListAttributesRequest.targetType': oneOf(ecs.TargetType),
  'ListAttributesRequest.attributeName': upTo(128),
  'ListAttributesRequest.attributeValue': upTo(128),
  'ListAttributesRequest.maxResults': pageSize,
  'ListContainerInstancesRequest.filter': upTo(2000),
  'ListContainerInstancesRequest.status': oneOf(ecs.ContainerInstanceStatus),
  'ListContainerInstancesRequest.maxResults': pageSize,
  'DescribeContainerInstancesRequest.containerInstances': upTo(100, 'instanceIds'),
  'DescribeContainerInstancesRequest.include': oneOf(ecs.ContainerInstanceField),
  'UpdateContainerInstancesStateRequest.containerInstances': upTo(10, 'instanceIds'),
  'UpdateContainerInstancesStateRequest.status': oneOf(ecs.ContainerInstanceStatus),
};

/** Throws InvalidParameter when a decoded member breaks its constraint. */
export function checkConstraint(structure: string, member: string, value: unknown, path: string): void {
  const constraint = CONSTRAINTS[`${structure}.${member}`];
  if (constraint) apply(constraint, value, path);
}

function apply(constraint: Constraint, value: unknown, path: string): void {
  switch (constraint.kind) {
    case 'enum':
      if (![value].flat().every((one) => constraint.values.includes(String(one))))
        invalid(`${path} must be one of: ${constraint.values.join(', ')}.`);
      return;
    case 'range':
      if (Number(value) < constraint.min || Number(value) > constraint.max) {
        invalid(`${path} must be between ${constraint.min} and ${constraint.max}.`);
      }
      return;
    case 'length':
      if ((value as string | readonly unknown[]).length > constraint.max) {
        if (typeof value === 'string') invalid(`${path} must have at most ${constraint.max} characters.`);
        invalid(`${constraint.noun ?? path} can have at most ${constraint.max} items.`);
      }
      return;
    case 'pattern':
      if (!constraint.pattern.test(String(value))) invalid(constraint.message);
  }
}

/** The model's few numbers that are not integers. */
const DOUBLES = /(^|\.)(canaryPercent|stepPercent|scale\.value|doubleValue)$/;
export const isDouble = (path: string): boolean => DOUBLES.test(path);

const invalid = (message: string): never => {
  throw new Fault('InvalidParameter', message);
};
