/** Operations that sdk-capacity shows over HTTP; sdk-waiters shows the others. */
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
  'UpdateContainerAgent',
];
