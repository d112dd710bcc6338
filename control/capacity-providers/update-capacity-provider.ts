import { type AutoScalingGroupChanges, changedGroup } from '#core/capacity/check-provider.ts';
import { isFargateProvider } from '#core/capacity/check-strategy.ts';
import { Fault } from '#core/fault.ts';
import type { CapacityProvider } from '#core/model/capacity-provider.ts';
import type { Dependencies } from '../dependencies.ts';
import { capacityProviders, put, read } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';

type Deps = Pick<Dependencies, 'store'>;

/** Changes how a provider is scaled; its group stays. Faults: InvalidParameter, Refused when there is no such provider. */
export const updateCapacityProvider = (
  deps: Deps,
  name: string,
  changes: Omit<AutoScalingGroupChanges, 'autoScalingGroupArn'>,
): Promise<CapacityProvider> =>
  change(deps, name, (before) => ({
    ...withoutReason(before),
    updateStatus: 'UPDATE_COMPLETE',
    autoScalingGroup: changedGroup(changes, before.autoScalingGroup),
  }));

/**
 * Makes a provider INACTIVE. One that clusters still list stays, and says why, as on ECS.
 * Faults: InvalidParameter for those of Fargate, Refused when there is no such provider.
 */
export const deleteCapacityProvider = (deps: Deps, name: string): Promise<CapacityProvider> =>
  change(deps, name, (before) => {
    if (before.clusters.length === 0) {
      return { ...withoutReason(before), status: 'INACTIVE', updateStatus: 'DELETE_COMPLETE' };
    }
    const updateStatusReason = `The capacity provider cannot be deleted because it is associated with cluster: ${before.clusters.join(', ')}. Remove the capacity provider from the cluster and try again.`;
    return { ...before, updateStatus: 'DELETE_FAILED', updateStatusReason };
  });

function change(
  { store }: Deps,
  name: string,
  next: (before: CapacityProvider) => CapacityProvider,
): Promise<CapacityProvider> {
  if (isFargateProvider(name)) {
    throw new Fault(
      'InvalidParameter',
      `The capacity provider ${name} is reserved and can be neither changed nor deleted.`,
    );
  }
  return untilCommitted(`change of capacity provider ${name}`, async () => {
    const before = await read(store, capacityProviders, name);
    if (before?.value.status !== 'ACTIVE') {
      throw new Fault(
        'Refused',
        'The specified capacity provider does not exist. Specify a valid name or ARN and try again.',
      );
    }
    const after = next(before.value);
    const outcome = await store.transact([put(capacityProviders, name, after, before.version)]);
    return outcome.kind === 'committed' ? after : CONFLICT;
  });
}

const withoutReason = ({ updateStatusReason: _reason, ...provider }: CapacityProvider): CapacityProvider => provider;
