import type { Scope } from '#core/model/scope.ts';
import type { Dependencies } from '../dependencies.ts';
import { put, read } from '../records.ts';
import { eksClusters, fargateProfiles } from './records.ts';

const PROFILE = 'fp-default';

const roleArn = ({ accountId }: Scope, name: string): string => `arn:aws:iam::${accountId}:role/${name}`;

/**
 * Gives a cluster its Kubernetes side and a profile for pods of every namespace, so that pods run without further ado. Once only:
 * who deletes the profile is not given it again. Its namespaces are made by somebody else.
 */
export async function seedFargate(
  deps: Pick<Dependencies, 'store' | 'clock' | 'ids' | 'scope'>,
  cluster: string,
): Promise<void> {
  if (await read(deps.store, eksClusters, cluster)) return;
  const { scope } = deps;
  const createdAt = deps.clock.now();
  const echo = { roleArn: roleArn(scope, 'berth-cluster'), resourcesVpcConfig: {} };
  // Whoever loses finds what the winner wrote.
  await deps.store.transact([
    put(
      eksClusters,
      cluster,
      { name: cluster, status: 'ACTIVE', madeCluster: false, profileChanges: 1, echo, tags: [], createdAt },
      'absent',
    ),
    put(
      fargateProfiles,
      { cluster, profile: PROFILE },
      {
        cluster,
        name: PROFILE,
        id: deps.ids.uuid(),
        status: 'ACTIVE',
        selectors: [{ namespace: '*', labels: {} }],
        podExecutionRoleArn: roleArn(scope, 'berth-pods'),
        subnets: [],
        tags: [],
        createdAt,
      },
      'absent',
    ),
  ]);
}
