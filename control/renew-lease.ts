import type { Dependencies } from './dependencies.ts';
import { type InstanceId, leases, put, read } from './records.ts';
import { CONFLICT, untilCommitted } from './until-committed.ts';

/** A lease is written again when less than this share of it is left: half as many writes as heartbeats. */
const RENEW_BELOW = 0.7;

export interface LeaseRenewal {
  /** Epoch ms. */
  readonly expiresAt: number;
  /** True when this call wrote the lease. */
  readonly isRenewed: boolean;
}

/** Extends the instance's lease when it is due. An epoch that is over extends nothing. */
export async function renewLease(deps: Dependencies, agent: InstanceId, agentEpoch: number): Promise<LeaseRenewal> {
  return untilCommitted(`lease of ${agent.instanceId}`, async () => {
    const now = deps.clock.now();
    const lease = await read(deps.store, leases, agent);
    const isOwn = lease?.value.agentEpoch === agentEpoch;
    if (!lease || !isOwn) return { expiresAt: now, isRenewed: false };
    if (lease.value.expiresAt - now > deps.timings.lease * RENEW_BELOW) {
      return { expiresAt: lease.value.expiresAt, isRenewed: false };
    }
    const expiresAt = now + deps.timings.lease;
    const outcome = await deps.store.transact([put(leases, agent, { ...lease.value, expiresAt }, lease.version)]);
    return outcome.kind === 'conflict' ? CONFLICT : { expiresAt, isRenewed: true };
  });
}
