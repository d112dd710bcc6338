import { type AutoScalingGroupChanges, changedGroup, checkProviderName } from '#core/capacity/check-provider.ts';
import { Fault } from '#core/fault.ts';
import type { CapacityProvider } from '#core/model/capacity-provider.ts';
import type { Tag } from '#core/model/tag.ts';
import type { Dependencies } from '../dependencies.ts';
import { capacityProvidersPartition } from '../keys.ts';
import { capacityProviders, put, read, readAll } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';

export interface CreateCapacityProviderIntent {
  readonly name: string;
  readonly autoScalingGroup: AutoScalingGroupChanges;
  readonly tags: readonly Tag[];
}

/** Faults: InvalidParameter; Refused when the name or the Auto Scaling group is taken. */
export function createCapacityProvider(
  deps: Pick<Dependencies, 'store'>,
  { name, autoScalingGroup: changes, tags }: CreateCapacityProviderIntent,
): Promise<CapacityProvider> {
  checkProviderName(name);
  const autoScalingGroup = changedGroup(changes);
  return untilCommitted(`creation of capacity provider ${name}`, async () => {
    const before = await read(deps.store, capacityProviders, name);
    if (before?.value.status === 'ACTIVE') {
      throw new Fault(
        'Refused',
        'The specified capacity provider already exists. To change the configuration of an existing capacity provider, update the capacity provider.',
      );
    }
    await requireFreeGroup(deps, autoScalingGroup.autoScalingGroupArn);
    const provider: CapacityProvider = {
      name,
      status: 'ACTIVE',
      updateStatus: 'CREATE_COMPLETE',
      autoScalingGroup,
      clusters: [],
      tags,
    };
    const outcome = await deps.store.transact([put(capacityProviders, name, provider, before?.version ?? 'absent')]);
    return outcome.kind === 'committed' ? provider : CONFLICT;
  });
}

async function requireFreeGroup({ store }: Pick<Dependencies, 'store'>, arn: string): Promise<void> {
  const all = await readAll(store, capacityProviders, { pk: capacityProvidersPartition });
  const isTaken = all.some(
    ({ value }) => value.status === 'ACTIVE' && value.autoScalingGroup.autoScalingGroupArn === arn,
  );
  if (!isTaken) return;
  throw new Fault(
    'Refused',
    'The specified Auto Scaling group ARN is already being used by another capacity provider. Specify a unique Auto Scaling group ARN and try again.',
  );
}
