import type { CapacityBounds } from '#core/capacity/plan-capacity.ts';
import type { AutoScalingGroupProvider } from '#core/model/capacity-provider.ts';
import type { Dependencies } from '../dependencies.ts';
import { capacityPartition } from '../keys.ts';
import type { MachinePool } from '../ports.ts';
import { capacityProviders, capacityStates, clusters, read, readAll, readMany } from '../records.ts';

/** A pool and what its number of machines follows. */
export interface ScaledPool {
  readonly pool: MachinePool;
  readonly policy: CapacityBounds;
}

/** The pools of a cluster somebody makes machines for: the default one and those of its providers, former ones too. */
export async function readPools(
  { store, capacity }: Pick<Dependencies, 'store' | 'capacity'>,
  cluster: string,
): Promise<readonly ScaledPool[]> {
  const common = capacity.policy({ cluster });
  if (!common) return [];
  const [found, states] = await Promise.all([
    read(store, clusters, cluster),
    readAll(store, capacityStates, { pk: capacityPartition(cluster) }),
  ]);
  const associated = await readMany(store, capacityProviders, found?.value.capacityProviders ?? []);
  const groups = associated.flatMap((provider) => (provider ? [provider.value] : []));
  const current = groups.flatMap(({ name, autoScalingGroup }) =>
    scaledPool(capacity, { cluster, capacityProvider: name }, groupBounds(autoScalingGroup)),
  );
  // A provider that the cluster has no longer gets no machines; those it had go as they become empty.
  const former = states.flatMap(({ value: { capacityProvider, machines } }) =>
    capacityProvider === undefined || machines.length === 0 || groups.some(({ name }) => name === capacityProvider)
      ? []
      : scaledPool(capacity, { cluster, capacityProvider }, { min: 0, max: 0, standby: 0 }),
  );
  return [{ pool: { cluster }, policy: common }, ...current, ...former];
}

function scaledPool(
  capacity: Dependencies['capacity'],
  pool: MachinePool,
  own: Partial<CapacityBounds>,
): readonly ScaledPool[] {
  const bounds = capacity.policy(pool);
  return bounds ? [{ pool, policy: { ...bounds, ...own } }] : [];
}

function groupBounds(group: AutoScalingGroupProvider): Partial<CapacityBounds> {
  const { managedScaling, managedDraining, managedTerminationProtection } = group;
  const busyLeave = managedDraining === 'ENABLED' ? 'drained' : 'stopped';
  const leaving = managedTerminationProtection === 'ENABLED' ? 'empty' : busyLeave;
  if (managedScaling.status !== 'ENABLED') return { leaving };
  const { targetCapacity, minimumScalingStepSize, maximumScalingStepSize, instanceWarmupPeriod } = managedScaling;
  return {
    leaving,
    scaling: {
      targetCapacity,
      minimumStep: minimumScalingStepSize,
      maximumStep: maximumScalingStepSize,
      warmup: instanceWarmupPeriod * 1_000,
    },
  };
}
