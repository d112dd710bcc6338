import type { Lease } from '#core/model/container-instance.ts';
import type { Timings } from '#core/timings.ts';
import type { HeartbeatRequest } from '#events/agent-wire.ts';
import type { Dependencies } from '../dependencies.ts';
import { type InstanceId, leases, put, read } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { isOverdue, isRecovering, RENEW_BELOW } from './loss-brake.ts';

export interface LeaseRenewal {
  /** Epoch ms. */
  readonly expiresAt: number;
  /** True when this call wrote the lease. */
  readonly isRenewed: boolean;
  /** True while the lease's own gap is so fresh that it may have been the control plane's, not the agent's. */
  readonly isRecovering: boolean;
  /** Ids of sessions that wait for the agent. */
  readonly sessions: readonly string[];
}

/**
 * Extends the instance's lease when it is due. An epoch that is over extends nothing.
 * Fenced tasks end before the lease does: with what is left of one that was just not due, a single heartbeat that gets
 * no answer would cost them their lives. So it is always due while there are any.
 */
export async function renewLease(
  deps: Dependencies,
  agent: InstanceId,
  { agentEpoch, fenced }: Pick<HeartbeatRequest, 'agentEpoch' | 'fenced'>,
): Promise<LeaseRenewal> {
  return untilCommitted(`lease of ${agent.instanceId}`, async () => {
    const lease = await read(deps.store, leases, agent);
    // Invariant: the clock is read after the lease. A worker that stood still before its read would else shorten what
    // others renewed meanwhile, for the version it then read is theirs.
    const now = deps.clock.now();
    const isOwn = lease?.value.agentEpoch === agentEpoch;
    if (!lease || !isOwn) return { expiresAt: now, isRenewed: false, isRecovering: false, sessions: [] };
    const renewed = renewedLease(lease.value, lease.value, now, deps.timings);
    const recovering = isRecovering(renewed, now, deps.timings);
    const sessions = renewed.sessions?.map(({ sessionId }) => sessionId) ?? [];
    if (!fenced && lease.value.expiresAt - now > deps.timings.lease * RENEW_BELOW) {
      return { expiresAt: lease.value.expiresAt, isRenewed: false, isRecovering: recovering, sessions };
    }
    const outcome = await deps.store.transact([put(leases, agent, renewed, lease.version)]);
    if (outcome.kind === 'conflict') return CONFLICT;
    return { expiresAt: renewed.expiresAt, isRenewed: true, isRecovering: recovering, sessions };
  });
}

/** The lease from now on; one that was taken up again late, or after it had run out, remembers when. */
export function renewedLease(
  before: Lease | undefined,
  { instanceId, agentEpoch }: Pick<Lease, 'instanceId' | 'agentEpoch'>,
  now: number,
  timings: Pick<Timings, 'lease' | 'heartbeat'>,
): Lease {
  const { suspectedAt: _suspectedAt, sessions = [], ...kept } = before ?? {};
  const waiting = sessions.filter(({ until }) => until > now);
  const news = waiting.length > 0 ? { sessions: waiting } : {};
  const renewed = { ...kept, ...news, instanceId, agentEpoch, expiresAt: now + timings.lease };
  if (!before) return { ...renewed, heldSince: now };
  if (before.expiresAt <= now) return { ...renewed, heldSince: now, recoveredAt: now };
  return isOverdue(before, now, timings) ? { ...renewed, recoveredAt: now } : renewed;
}
