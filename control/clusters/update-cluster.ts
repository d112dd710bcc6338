import { checkStrategy } from '#core/capacity/check-strategy.ts';
import { checkConfiguration, checkSettings, mergeSettings } from '#core/cluster/check-settings.ts';
import { Fault } from '#core/fault.ts';
import type { CapacityProviderStrategy } from '#core/model/capacity-provider.ts';
import type { Cluster } from '#core/model/cluster.ts';
import { clusterProviderWrites } from '../capacity-providers/cluster-providers.ts';
import { findProviderUse } from '../capacity-providers/find-provider-use.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Write } from '../ports.ts';
import { clusters, put } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { requireCluster } from './require-cluster.ts';

type Deps = Pick<Dependencies, 'store'>;

/** UpdateCluster and UpdateClusterSettings: members left out stay as they are. Faults: ClusterNotFound, InvalidParameter. */
export async function updateCluster(
  deps: Deps,
  name: string,
  changes: Partial<Pick<Cluster, 'settings' | 'configuration'>>,
): Promise<Cluster> {
  const { settings, configuration } = changes;
  if (settings) checkSettings(settings);
  if (configuration) checkConfiguration(configuration);
  return change(deps, name, async (before) => ({
    cluster: {
      ...before,
      ...(settings ? { settings: mergeSettings(before.settings, settings) } : {}),
      ...(configuration ? { configuration } : {}),
    },
  }));
}

/**
 * PutClusterCapacityProviders: replaces the cluster's providers and its default strategy.
 * Faults: ClusterNotFound, InvalidParameter, ResourceInUse when a provider is taken away that something still uses.
 */
export async function putClusterProviders(
  deps: Deps,
  name: string,
  providers: readonly string[],
  strategy: CapacityProviderStrategy,
): Promise<Cluster> {
  if (new Set(providers).size < providers.length) {
    throw new Fault('InvalidParameter', 'The specified list of capacity providers names one twice.');
  }
  checkStrategy(strategy, providers);
  return change(deps, name, async (before) => {
    const old = before.capacityProviders ?? [];
    const removed = old.filter((provider) => !providers.includes(provider));
    if (removed.length > 0 && (await findProviderUse(deps, name, removed))) {
      throw new Fault('ResourceInUse', 'The specified capacity provider is in use and cannot be removed.');
    }
    return {
      cluster: { ...before, capacityProviders: providers, defaultCapacityProviderStrategy: strategy },
      writes: await clusterProviderWrites(deps, name, old, providers),
    };
  });
}

/** A change that changes nothing writes nothing. */
function change(
  deps: Deps,
  name: string,
  decide: (before: Cluster) => Promise<{ readonly cluster: Cluster; readonly writes?: readonly Write[] }>,
): Promise<Cluster> {
  return untilCommitted(`update of cluster ${name}`, async () => {
    const before = await requireCluster(deps, name);
    const { cluster, writes = [] } = await decide(before.value);
    if (JSON.stringify(cluster) === JSON.stringify(before.value)) return cluster;
    const outcome = await deps.store.transact([put(clusters, name, cluster, before.version), ...writes]);
    return outcome.kind === 'committed' ? cluster : CONFLICT;
  });
}
