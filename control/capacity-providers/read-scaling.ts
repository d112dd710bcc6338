import type { ManagedScaling } from '#core/capacity/managed-scaling.ts';
import type { Dependencies } from '../dependencies.ts';
import { capacityProviders, clusters, read, readMany } from '../records.ts';

/** How the machines of a cluster are to be scaled: as the first of its providers says that has managed scaling. */
export async function readScaling(
  { store }: Pick<Dependencies, 'store'>,
  name: string,
): Promise<{ readonly scaling?: ManagedScaling }> {
  const cluster = await read(store, clusters, name);
  const found = await readMany(store, capacityProviders, cluster?.value.capacityProviders ?? []);
  const groups = found.flatMap((provider) => (provider ? [provider.value.autoScalingGroup.managedScaling] : []));
  const managed = groups.find(({ status }) => status === 'ENABLED');
  if (!managed) return {};
  const { targetCapacity, minimumScalingStepSize: minimumStep, maximumScalingStepSize: maximumStep } = managed;
  return { scaling: { targetCapacity, minimumStep, maximumStep } };
}
