const DAEMONS = 'daemons of managed instances need machines that AWS manages.';
const GATEWAYS = 'gateways need load balancers, which Berth does not run.';
const EXPRESS = 'express services need load balancers, certificates and scaling policies, which Berth does not run.';
/** docs/decisions/0016 */
const AGENTS =
  "the ECS agent's wire has neither leases nor epochs, on which it rests that no task runs twice. Machines join with 'berth agent'.";

const because = (reason: string, names: readonly string[]): readonly (readonly [string, string])[] =>
  names.map((name) => [name, reason]);

/**
 * The operations ECS has and Berth does not serve, each with the reason, which completes
 * "Berth does not serve the operation X: ". Every operation of the model is here or among those served.
 */
export const UNSERVED_OPERATIONS: ReadonlyMap<string, string> = new Map([
  ...because(DAEMONS, [
    'CreateDaemon',
    'DeleteDaemon',
    'DeleteDaemonTaskDefinition',
    'DescribeDaemon',
    'DescribeDaemonDeployments',
    'DescribeDaemonRevisions',
    'DescribeDaemonTaskDefinition',
    'ListDaemonDeployments',
    'ListDaemonTaskDefinitions',
    'ListDaemons',
    'RegisterDaemonTaskDefinition',
    'UpdateDaemon',
  ]),
  ...because(GATEWAYS, [
    'AssociateGatewayWithCluster',
    'CreateGateway',
    'DeleteGateway',
    'DescribeGateway',
    'DescribeGatewayResources',
    'DescribeGatewayRoute',
    'DisassociateGatewayFromCluster',
    'ListGatewayClusterAssociations',
    'ListGatewayRoutes',
    'ListGateways',
    'UpdateGateway',
  ]),
  ...because(EXPRESS, [
    'CreateExpressGatewayService',
    'DeleteExpressGatewayService',
    'DescribeExpressGatewayService',
    'UpdateExpressGatewayService',
  ]),
  ...because(AGENTS, [
    'DiscoverPollEndpoint',
    'RegisterContainerInstance',
    'SubmitAttachmentStateChanges',
    'SubmitContainerStateChange',
    'SubmitTaskStateChange',
  ]),
  [
    'UpdateContainerAgent',
    'agents are updated on their machine: install the new version on the machine and start the agent again; its tasks keep running.',
  ],
]);
