import { Fault } from '#core/fault.ts';
import type { SessionGrant } from '#core/model/session.ts';
import { isClaimable, isGrantedTo, type SessionAgent } from '#core/session/grant-rules.ts';
import { KEEP_MS } from '#core/session/limits.ts';
import type { Dependencies } from '../dependencies.ts';
import { check, put, read, reservations, sessionGrants, sessionProgress } from '../records.ts';

/**
 * An agent takes a session up: once, in time, and only while it holds the very task epoch (T38).
 * Faults: TargetNotFound for every session that is not this agent's to begin, whatever the reason.
 */
export async function claimSession(deps: Dependencies, agent: SessionAgent, sessionId: string): Promise<SessionGrant> {
  const [grant, reservation] = await Promise.all([
    read(deps.store, sessionGrants, sessionId),
    read(deps.store, reservations, agent),
  ]);
  const now = deps.clock.now();
  if (!grant || !isGrantedTo(grant.value, agent) || !isClaimable(grant.value, now)) throw noSession();
  const { taskId, epoch } = grant.value;
  const isCurrent = reservation?.value.agentEpoch === agent.agentEpoch;
  const holds = reservation?.value.tasks.some((held) => held.taskId === taskId && held.epoch === epoch) ?? false;
  // The logs of a task that has ended may be read for as long as its machine keeps them.
  if (!isCurrent || !(holds || grant.value.order.kind === 'logs')) throw noSession();
  const progress = { sessionId, claimedAt: now, heardAt: now, nextInput: 0, nextOutput: 0 };
  const outcome = await deps.store.transact([
    check(sessionGrants, sessionId, grant.version),
    put(sessionProgress, sessionId, progress, 'absent', { expiresAt: now + KEEP_MS }),
  ]);
  if (outcome.kind === 'conflict' && !(await isUntouched(deps, sessionId))) throw noSession();
  return grant.value;
}

/** A claim whose answer was lost is made again: nothing has come of the first one, and the grant names one agent's life. */
async function isUntouched(deps: Dependencies, sessionId: string): Promise<boolean> {
  const progress = await read(deps.store, sessionProgress, sessionId);
  if (!progress) return false;
  const { nextInput, nextOutput, end } = progress.value;
  return nextInput === 0 && nextOutput === 0 && end === undefined;
}

export const noSession = (): Fault => new Fault('TargetNotFound', 'no such session waits for this agent');
