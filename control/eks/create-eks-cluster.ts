import { Fault } from '#core/fault.ts';
import type { EksCluster } from '#core/model/eks-cluster.ts';
import { createCluster } from '../clusters/create-cluster.ts';
import type { Dependencies } from '../dependencies.ts';
import { clusters, put, read } from '../records.ts';
import { checkTags } from '../tags/tag-rules.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { clusterWork } from './eks-work.ts';
import { eksClusters } from './records.ts';
import { findRepeated, rememberRequest } from './repeated-request.ts';
import { findEksCluster, requireEksCluster } from './require-eks-cluster.ts';

type Deps = Pick<Dependencies, 'store' | 'clock' | 'ids'>;

export interface CreateEksClusterIntent extends Pick<EksCluster, 'name' | 'echo' | 'tags'> {
  readonly clientRequestToken?: string;
}

/**
 * Gives a cluster its Kubernetes side, and makes the cluster where there is none of that name. It is CREATING until the object
 * worker has made what every Kubernetes cluster begins with. Faults: InvalidParameter, AlreadyExists, Refused (the token was used
 * otherwise).
 */
export function createEksCluster(deps: Deps, intent: CreateEksClusterIntent): Promise<EksCluster> {
  const { clientRequestToken: token, ...asked } = intent;
  const { name } = asked;
  checkTags(asked.tags);
  const request = { cluster: name, token, fingerprint: deps.ids.fingerprint(['cluster', asked]) };
  return untilCommitted(`creation of cluster ${name}`, async () => {
    const repeated = await findRepeated(deps, request);
    if (repeated) return (await requireEksCluster(deps, name)).value;
    if (await findEksCluster(deps, name)) throw new Fault('AlreadyExists', `Cluster already exists with name: ${name}`);
    const madeCluster = await ensureCluster(deps, name);
    // One whose cluster was deleted by the ECS face may still stand here.
    const old = await read(deps.store, eksClusters, name);
    const made: EksCluster = {
      ...asked,
      status: 'CREATING',
      madeCluster,
      profileChanges: (old?.value.profileChanges ?? 0) + 1,
      createdAt: deps.clock.now(),
    };
    const outcome = await deps.store.transact([
      put(eksClusters, name, made, old?.version ?? 'absent', { wake: { work: clusterWork(name) } }),
      ...rememberRequest(deps, request, {}),
    ]);
    return outcome.kind === 'committed' ? made : CONFLICT;
  });
}

/** True when there was none. */
async function ensureCluster(deps: Deps, name: string): Promise<boolean> {
  const standing = await read(deps.store, clusters, name);
  if (standing?.value.status === 'ACTIVE') return false;
  await createCluster(deps, { name, tags: [], settings: [] });
  return true;
}
