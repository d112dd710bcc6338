import { isFargateProvider } from '#core/capacity/check-strategy.ts';
import { Fault } from '#core/fault.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Write } from '../ports.ts';

/** The writes that go with a change of a cluster's providers. Faults: InvalidParameter for a provider there is not. */
export async function clusterProviderWrites(
  _deps: Pick<Dependencies, 'store'>,
  _cluster: string,
  before: readonly string[],
  after: readonly string[],
): Promise<readonly Write[]> {
  const unknown = after.find((name) => !before.includes(name) && !isFargateProvider(name));
  if (unknown !== undefined) {
    throw new Fault('InvalidParameter', `The specified capacity provider '${unknown}' was not found.`);
  }
  return [];
}
