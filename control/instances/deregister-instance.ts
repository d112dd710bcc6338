import { Fault } from '#core/fault.ts';
import type { Dependencies } from '../dependencies.ts';
import { leases, put, read, remove, reservations } from '../records.ts';
import { wakeDaemons } from '../services/wake-daemons.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';

/**
 * Ends an instance that holds nothing: it becomes INACTIVE, and its agent is refused from then on.
 * Invariant S2: it frees no slot; forceDeregister is for an instance that still holds something.
 * Faults: ResourceNotFound; InvalidParameter when tasks are still on it.
 */
export async function deregisterInstance(deps: Dependencies, cluster: string, instanceId: string): Promise<void> {
  const id = { cluster, instanceId };
  await untilCommitted(`deregistration of ${instanceId}`, async (): Promise<undefined | typeof CONFLICT> => {
    const [before, lease] = await Promise.all([read(deps.store, reservations, id), read(deps.store, leases, id)]);
    if (!before) throw new Fault('ResourceNotFound', `Container instance ${instanceId} was not found.`);
    if (before.value.status === 'INACTIVE') return undefined;
    if (before.value.tasks.length > 0) {
      throw new Fault('InvalidParameter', `Found running tasks on the instance ${instanceId}; drain it first.`);
    }
    const value = { ...before.value, status: 'INACTIVE', schedulable: false } as const;
    const outcome = await deps.store.transact([
      put(reservations, id, value, before.version),
      // The lease goes too: nobody needs to watch an instance that never comes back.
      ...(lease ? [remove(leases, id, lease.version)] : []),
    ]);
    if (outcome.kind === 'conflict') return CONFLICT;
    deps.fleet.learn(value, before.version + 1);
    return undefined;
  });
  await deps.channel.close(instanceId);
  await wakeDaemons(deps, cluster);
}
