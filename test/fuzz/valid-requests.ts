/** Names and ids of what a world holds, for requests that mean it. */
export interface Known {
  readonly taskIds: readonly [string, string, string];
  readonly instanceIds: readonly [string, string, string];
  readonly deploymentArn: string;
  readonly revisionArn: string;
  readonly taskSet: string;
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

const ARN = 'arn:aws:ecs:us-east-1:000000000000';
const TAGS = [{ key: 'team', value: 'blue' }];
const VPC = { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'DISABLED' } };
const GROUP =
  'arn:aws:autoscaling:us-east-1:000000000000:autoScalingGroup:11111111-1111-1111-1111-111111111111:autoScalingGroupName/web';
const PLACED = {
  placementConstraints: [{ type: 'memberOf', expression: 'attribute:ecs.availability-zone == local' }],
  placementStrategy: [{ type: 'spread', field: 'attribute:ecs.availability-zone' }],
};

const SHARED = { cluster: 'default', service: 'shared' };

const DEFINITION: JsonObject = {
  family: 'rich',
  networkMode: 'bridge',
  cpu: '256',
  memory: '512',
  tags: TAGS,
  volumes: [{ name: 'data', dockerVolumeConfiguration: { scope: 'task', driver: 'local' } }],
  containerDefinitions: [
    {
      name: 'app',
      image: 'nginx:1',
      cpu: 128,
      memory: 256,
      memoryReservation: 128,
      essential: true,
      environment: [{ name: 'MODE', value: 'fast' }],
      portMappings: [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }],
      healthCheck: { command: ['CMD-SHELL', 'true'], interval: 30, retries: 3 },
      dependsOn: [{ containerName: 'init', condition: 'START' }],
      mountPoints: [{ sourceVolume: 'data', containerPath: '/data', readOnly: true }],
      ulimits: [{ name: 'nofile', softLimit: 1024, hardLimit: 2048 }],
      logConfiguration: { logDriver: 'json-file', options: { 'max-size': '1m' } },
      linuxParameters: { initProcessEnabled: true },
      stopTimeout: 10,
    },
    { name: 'init', image: 'busybox', memory: 32, essential: false, command: ['true'] },
  ],
};

const FARGATE: JsonObject = {
  family: 'far',
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
  ephemeralStorage: { sizeInGiB: 21 },
  containerDefinitions: [{ name: 'app', image: 'nginx', portMappings: [{ containerPort: 80 }] }],
};

const STRATEGY = { strategy: 'ROLLING', maximumPercent: 200, minimumHealthyPercent: 50 };
const BREAKER = { enable: true, rollback: true };
const NEW_SERVICE: JsonObject = {
  serviceName: 'shop',
  taskDefinition: 'web:1',
  desiredCount: 2,
  deploymentConfiguration: { ...STRATEGY, deploymentCircuitBreaker: BREAKER },
  schedulingStrategy: 'REPLICA',
  enableECSManagedTags: true,
  propagateTags: 'SERVICE',
  tags: TAGS,
  ...PLACED,
};

/** Requests that a world answers well, at least while the requests before them left it what they name. */
export function validRequests(known: Known): Readonly<Record<string, readonly JsonObject[]>> {
  const [task, other, service] = known.taskIds;
  const [first, second, third] = known.instanceIds;
  const instanceArn = `${ARN}:container-instance/default/${second}`;
  const overrides = {
    containerOverrides: [{ name: 'app', command: ['true'], environment: [{ name: 'A', value: '1' }] }],
  };
  const run = { taskDefinition: 'web:1', count: 2, group: 'g', startedBy: 'fuzz', overrides, tags: TAGS, ...PLACED };
  const attribute = { name: 'rack', value: '7', targetType: 'container-instance', targetId: first };
  const strategy = [{ capacityProvider: 'FARGATE', base: 1, weight: 2 }];
  return {
    CreateCluster: [
      { clusterName: 'shop', tags: TAGS, settings: [{ name: 'containerInsights', value: 'enabled' }] },
      { clusterName: 'store', capacityProviders: ['FARGATE'], defaultCapacityProviderStrategy: strategy },
    ],
    DescribeClusters: [{ clusters: ['default', 'away'], include: ['TAGS', 'SETTINGS', 'STATISTICS', 'ATTACHMENTS'] }],
    UpdateCluster: [
      { cluster: 'away', configuration: { executeCommandConfiguration: { logging: 'DEFAULT' } } },
      { cluster: 'away', settings: [{ name: 'containerInsights', value: 'disabled' }] },
    ],
    UpdateClusterSettings: [{ cluster: 'away', settings: [{ name: 'containerInsights', value: 'enhanced' }] }],
    PutClusterCapacityProviders: [
      { cluster: 'away', capacityProviders: ['FARGATE', 'FARGATE_SPOT'], defaultCapacityProviderStrategy: strategy },
      { cluster: 'default', capacityProviders: ['asg'], defaultCapacityProviderStrategy: [] },
    ],
    CreateCapacityProvider: [
      {
        name: 'more',
        autoScalingGroupProvider: {
          autoScalingGroupArn: GROUP,
          managedScaling: { status: 'ENABLED', targetCapacity: 90, minimumScalingStepSize: 1 },
          managedTerminationProtection: 'ENABLED',
          managedDraining: 'ENABLED',
        },
        tags: TAGS,
      },
    ],
    DeleteCapacityProvider: [{ capacityProvider: 'more' }, { capacityProvider: 'asg' }],
    DescribeCapacityProviders: [{ capacityProviders: ['asg', 'FARGATE'], include: ['TAGS'] }, { maxResults: 2 }],
    UpdateCapacityProvider: [
      { name: 'asg', autoScalingGroupProvider: { managedScaling: { status: 'ENABLED', maximumScalingStepSize: 10 } } },
    ],
    ListClusters: [{}, { maxResults: 1 }],
    DeleteCluster: [{ cluster: 'away' }, { cluster: `${ARN}:cluster/shop` }],
    RegisterTaskDefinition: [DEFINITION, FARGATE],
    DescribeTaskDefinition: [{ taskDefinition: 'web', include: ['TAGS'] }, { taskDefinition: 'web:2' }],
    ListTaskDefinitions: [{ familyPrefix: 'web', status: 'ACTIVE', sort: 'DESC', maxResults: 1 }, {}],
    ListTaskDefinitionFamilies: [{ familyPrefix: 'w', status: 'ALL', maxResults: 10 }],
    DeleteTaskDefinitions: [{ taskDefinitions: ['web:2', 'old:1'] }],
    DeregisterTaskDefinition: [{ taskDefinition: 'old:1' }],
    RunTask: [
      { ...run, clientToken: 'token-1', enableExecuteCommand: true, referenceId: 'r' },
      { taskDefinition: 'far', launchType: 'FARGATE', networkConfiguration: VPC, platformVersion: 'LATEST' },
    ],
    StartTask: [{ taskDefinition: 'web:1', containerInstances: [first, instanceArn], overrides, tags: TAGS }],
    StopTask: [
      { task: other, reason: 'enough' },
      { cluster: 'default', task: `${ARN}:task/default/${task}` },
    ],
    DescribeTasks: [{ tasks: [task, other, 'f'.repeat(32)], include: ['TAGS'] }],
    ListTasks: [
      { serviceName: 'web', desiredStatus: 'RUNNING', maxResults: 1 },
      { family: 'web' },
      { containerInstance: first },
    ],
    CreateService: [
      NEW_SERVICE,
      { serviceName: 'far', taskDefinition: 'far', desiredCount: 1, launchType: 'FARGATE', networkConfiguration: VPC },
    ],
    UpdateService: [
      { service: 'web', desiredCount: 3, deploymentConfiguration: STRATEGY },
      { service: 'web', taskDefinition: 'web:1', forceNewDeployment: true, ...PLACED },
      { service: `${ARN}:service/default/web`, desiredCount: 1, healthCheckGracePeriodSeconds: 5 },
    ],
    DescribeServices: [{ services: ['web', 'absent'], include: ['TAGS'] }],
    ListServices: [{ schedulingStrategy: 'REPLICA', launchType: 'EC2', maxResults: 10 }],
    DeleteService: [{ service: 'web', force: true }, { service: 'shop' }],
    UpdateTaskProtection: [{ cluster: 'default', tasks: [service], protectionEnabled: true, expiresInMinutes: 10 }],
    GetTaskProtection: [{ cluster: 'default', tasks: [service] }],
    ListServiceDeployments: [{ service: 'web', status: ['SUCCESSFUL', 'IN_PROGRESS'], createdAt: { after: 1 } }],
    DescribeServiceDeployments: [{ serviceDeploymentArns: [known.deploymentArn] }],
    DescribeServiceRevisions: [{ serviceRevisionArns: [known.revisionArn] }],
    StopServiceDeployment: [{ serviceDeploymentArn: known.deploymentArn, stopType: 'ROLLBACK' }],
    CreateTaskSet: [
      { ...SHARED, taskDefinition: 'web:2', scale: { value: 10, unit: 'PERCENT' }, externalId: 'next', tags: TAGS },
      { ...SHARED, taskDefinition: 'web', clientToken: 'once' },
    ],
    UpdateTaskSet: [{ ...SHARED, taskSet: known.taskSet, scale: { value: 100, unit: 'PERCENT' } }],
    DescribeTaskSets: [
      { ...SHARED, include: ['TAGS'] },
      { ...SHARED, taskSets: [known.taskSet, 'ecs-svc/1'] },
    ],
    UpdateServicePrimaryTaskSet: [{ ...SHARED, primaryTaskSet: known.taskSet }],
    DeleteTaskSet: [{ ...SHARED, taskSet: known.taskSet, force: true }],
    ExecuteCommand: [{ task: first, command: '/bin/sh', interactive: true }],
    ContinueServiceDeployment: [{ serviceDeploymentArn: known.deploymentArn, hookId: 'hook', action: 'CONTINUE' }],
    ListContainerInstances: [{ filter: 'attribute:ecs.availability-zone == local', status: 'ACTIVE', maxResults: 1 }],
    DescribeContainerInstances: [{ containerInstances: [first, instanceArn], include: ['TAGS'] }],
    DeregisterContainerInstance: [{ containerInstance: third, force: true }],
    UpdateContainerAgent: [{ containerInstance: first }],
    UpdateContainerInstancesState: [
      { containerInstances: [second], status: 'DRAINING' },
      { containerInstances: [instanceArn], status: 'ACTIVE' },
    ],
    PutAttributes: [{ attributes: [attribute] }],
    DeleteAttributes: [{ attributes: [attribute] }],
    ListAttributes: [{ targetType: 'container-instance', attributeName: 'rack', maxResults: 5 }],
    DeleteAccountSetting: [{ name: 'containerInsights' }],
    ListAccountSettings: [{ name: 'containerInsights', effectiveSettings: true }, { maxResults: 3 }],
    PutAccountSetting: [{ name: 'containerInsights', value: 'enabled' }],
    PutAccountSettingDefault: [{ name: 'taskLongArnFormat', value: 'enabled' }],
    TagResource: [
      { resourceArn: `${ARN}:service/default/web`, tags: TAGS },
      { resourceArn: `${ARN}:task/default/${task}`, tags: TAGS },
      { resourceArn: instanceArn, tags: TAGS },
    ],
    UntagResource: [{ resourceArn: `${ARN}:service/default/web`, tagKeys: ['team'] }],
    ListTagsForResource: [{ resourceArn: `${ARN}:cluster/default` }, { resourceArn: `${ARN}:task-definition/web:1` }],
    'Berth.Explain': [{ service: 'web' }, { task: service }, { pod: 'web', namespace: 'x' }],
    'Berth.Logs': [
      { task, container: 'web', tail: 1 },
      { session: 'logs-1', next: 0 },
    ],
    'Berth.MatchProfiles': [
      {
        manifests: [
          { kind: 'Pod', metadata: { name: 'a', labels: { a: 'b' } }, spec: { containers: [{ name: 'a' }] } },
        ],
      },
      { namespace: 'x', manifests: [{ kind: 'List', items: [{ kind: 'Job', spec: { template: {} } }] }] },
    ],
    'Berth.Plan': [
      { operation: 'RunTask', input: run },
      { operation: 'CreateService', input: NEW_SERVICE },
      { operation: 'UpdateService', input: { service: 'web', desiredCount: 4 } },
    ],
  };
}
