import { isFargateProvider } from '#core/capacity/check-strategy.ts';
import { Fault } from '#core/fault.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Write } from '../ports.ts';
import { capacityProviders, put, read } from '../records.ts';

/**
 * The writes that go with a change of a cluster's providers: each provider that somebody made knows its clusters, so that
 * its deletion is decided from its own item. Faults: InvalidParameter for a provider there is not.
 */
export async function clusterProviderWrites(
  deps: Pick<Dependencies, 'store'>,
  cluster: string,
  before: readonly string[],
  after: readonly string[],
): Promise<readonly Write[]> {
  const changed = [...before, ...after].filter((name) => before.includes(name) !== after.includes(name));
  const writes = changed.filter((name) => !isFargateProvider(name)).map((name) => changeWrite(deps, cluster, name));
  return (await Promise.all(writes)).flat();
}

/** Adds the cluster to the provider's, or takes it away when it was among them. */
async function changeWrite(
  { store }: Pick<Dependencies, 'store'>,
  cluster: string,
  name: string,
): Promise<readonly Write[]> {
  const provider = await read(store, capacityProviders, name);
  const clusters = provider?.value.clusters ?? [];
  if (provider && clusters.includes(cluster)) {
    const rest = clusters.filter((other) => other !== cluster);
    return [put(capacityProviders, name, { ...provider.value, clusters: rest }, provider.version)];
  }
  if (provider?.value.status !== 'ACTIVE') {
    throw new Fault('InvalidParameter', `The specified capacity provider '${name.slice(0, 255)}' was not found.`);
  }
  return [put(capacityProviders, name, { ...provider.value, clusters: [...clusters, cluster] }, provider.version)];
}
