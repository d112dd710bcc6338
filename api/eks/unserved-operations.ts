const NODES = "machines are no node groups: they join with 'berth agent', and capacity providers make more of them.";
const ACCESS =
  'access keys of the installation open every cluster; there are no access entries, policies and identities.';
const ADDONS = 'there are no add-ons: nothing of Kubernetes runs in pods.';
const UPDATES = 'a cluster has nothing to update: its version is that of the installation.';
const INSIGHTS = 'there are no upgrades to have insights into.';
const ELSEWHERE = 'clusters outside of Berth are not its business.';
const CAPABILITIES = 'capabilities are operators that AWS runs.';
const AUTHORITIES = 'the certificate of the Kubernetes API is that of the installation.';

const because = (reason: string, names: readonly string[]): readonly (readonly [string, string])[] =>
  names.map((name) => [name, reason]);

/**
 * The operations EKS has and Berth does not serve, each with the reason, which completes
 * "Berth does not serve the operation X: ". Every operation of the model is here or among those served.
 */
export const UNSERVED_OPERATIONS: ReadonlyMap<string, string> = new Map([
  ...because(NODES, [
    'CreateNodegroup',
    'DeleteNodegroup',
    'DescribeNodegroup',
    'ListNodegroups',
    'UpdateNodegroupConfig',
    'UpdateNodegroupVersion',
  ]),
  ...because(ACCESS, [
    'AssociateAccessPolicy',
    'AssociateIdentityProviderConfig',
    'CreateAccessEntry',
    'CreatePodIdentityAssociation',
    'DeleteAccessEntry',
    'DeletePodIdentityAssociation',
    'DescribeAccessEntry',
    'DescribeIdentityProviderConfig',
    'DescribePodIdentityAssociation',
    'DisassociateAccessPolicy',
    'DisassociateIdentityProviderConfig',
    'ListAccessEntries',
    'ListAccessPolicies',
    'ListAssociatedAccessPolicies',
    'ListIdentityProviderConfigs',
    'ListPodIdentityAssociations',
    'UpdateAccessEntry',
    'UpdatePodIdentityAssociation',
  ]),
  ...because(ADDONS, [
    'CreateAddon',
    'DeleteAddon',
    'DescribeAddon',
    'DescribeAddonConfiguration',
    'DescribeAddonVersions',
    'ListAddons',
    'UpdateAddon',
  ]),
  ...because(UPDATES, [
    'AssociateEncryptionConfig',
    'CancelUpdate',
    'DescribeClusterVersions',
    'DescribeUpdate',
    'ListUpdates',
    'UpdateClusterConfig',
    'UpdateClusterVersion',
  ]),
  ...because(INSIGHTS, ['DescribeInsight', 'DescribeInsightsRefresh', 'ListInsights', 'StartInsightsRefresh']),
  ...because(ELSEWHERE, [
    'CreateEksAnywhereSubscription',
    'DeleteEksAnywhereSubscription',
    'DeregisterCluster',
    'DescribeEksAnywhereSubscription',
    'ListEksAnywhereSubscriptions',
    'RegisterCluster',
    'UpdateEksAnywhereSubscription',
  ]),
  ...because(CAPABILITIES, [
    'CreateCapability',
    'DeleteCapability',
    'DescribeCapability',
    'ListCapabilities',
    'UpdateCapability',
  ]),
  ...because(AUTHORITIES, [
    'ActivateCertificateAuthority',
    'CreateCertificateAuthority',
    'DeleteCertificateAuthority',
    'DescribeCertificateAuthority',
    'ListCertificateAuthorities',
  ]),
]);
