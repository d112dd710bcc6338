import type { Cluster } from '#core/model/cluster.ts';
import type { Tag } from '#core/model/tag.ts';
import type { Dependencies } from '../dependencies.ts';
import { clusters, put, read } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';

export interface CreateClusterIntent {
  readonly name: string;
  readonly tags: readonly Tag[];
  readonly settings: Cluster['settings'];
}

const DEFAULT_SETTINGS: Cluster['settings'] = [{ name: 'containerInsights', value: 'disabled' }];

/** Makes the cluster, or answers with the active one of that name unchanged, as ECS does. */
export function createCluster(
  deps: Pick<Dependencies, 'store' | 'clock'>,
  intent: CreateClusterIntent,
): Promise<Cluster> {
  return untilCommitted(`creation of cluster ${intent.name}`, async () => {
    const existing = await read(deps.store, clusters, intent.name);
    if (existing?.value.status === 'ACTIVE') return existing.value;
    const cluster: Cluster = {
      name: intent.name,
      status: 'ACTIVE',
      tags: intent.tags,
      settings: intent.settings.length > 0 ? intent.settings : DEFAULT_SETTINGS,
      createdAt: deps.clock.now(),
    };
    const outcome = await deps.store.transact([put(clusters, intent.name, cluster, existing?.version ?? 'absent')]);
    return outcome.kind === 'committed' ? cluster : CONFLICT;
  });
}
