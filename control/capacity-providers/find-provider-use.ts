import { deploymentSpecs } from '#core/service/task-sets.ts';
import { findAliveTask } from '../clusters/find-alive-task.ts';
import type { Dependencies } from '../dependencies.ts';
import { servicesPartition } from '../keys.ts';
import { readAll, readMany, serviceEntries, services } from '../records.ts';

/** Whether a service of the cluster, or a task that has not stopped, was given one of these providers. */
export async function findProviderUse(
  deps: Pick<Dependencies, 'store'>,
  cluster: string,
  providers: readonly string[],
): Promise<boolean> {
  const entries = await readAll(deps.store, serviceEntries, { pk: servicesPartition(cluster) });
  const found = await readMany(
    deps.store,
    services,
    entries.map(({ value }) => ({ cluster, service: value.name })),
  );
  const isUsed = found.some(
    (service) =>
      service !== undefined &&
      service.value.status !== 'INACTIVE' &&
      deploymentSpecs(service.value).some(({ capacityProviderStrategy = [] }) =>
        capacityProviderStrategy.some((item) => providers.includes(item.capacityProvider)),
      ),
  );
  if (isUsed) return true;
  const task = await findAliveTask(
    deps,
    cluster,
    ({ capacityProvider }) => capacityProvider !== undefined && providers.includes(capacityProvider),
  );
  return task !== undefined;
}
