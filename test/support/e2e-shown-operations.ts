export const SHOWN_WITH_CAPACITY: readonly string[] = [
  'CreateCapacityProvider',
  'DeleteAccountSetting',
  'DeleteCapacityProvider',
  'DeregisterContainerInstance',
  'DescribeCapacityProviders',
  'ListAccountSettings',
  'PutAccountSetting',
  'PutAccountSettingDefault',
  'PutClusterCapacityProviders',
  'UpdateCapacityProvider',
  'UpdateCluster',
  'UpdateClusterSettings',
];

/** Operations other files than sdk-waiters show over HTTP, by that file. */
const BY_FILE: Readonly<Record<string, readonly string[]>> = {
  'sdk-capacity': SHOWN_WITH_CAPACITY,
  'aws-cli-attributes': ['DeleteAttributes', 'DeleteTaskDefinitions', 'ListAttributes', 'PutAttributes'],
  'service-deployments': [
    'ContinueServiceDeployment',
    'DescribeServiceDeployments',
    'DescribeServiceRevisions',
    'ListServiceDeployments',
    'StopServiceDeployment',
  ],
  'sdk-task-sets': [
    'CreateTaskSet',
    'DeleteTaskSet',
    'DescribeTaskSets',
    'ExecuteCommand',
    'ListServicesByNamespace',
    'UpdateServicePrimaryTaskSet',
    'UpdateTaskSet',
  ],
  'sdk-task-protection': ['GetTaskProtection', 'UpdateTaskProtection'],
};

export const SHOWN_ELSEWHERE: readonly string[] = Object.values(BY_FILE).flat();
