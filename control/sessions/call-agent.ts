import type { SessionGrant } from '#core/model/session.ts';
import type { Dependencies } from '../dependencies.ts';
import { leases, put, read } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';

/** More sessions than this do not wait for one agent. */
const MAX_WAITING = 16;

/**
 * Tells the agent that a session waits: for sure, in what its heartbeats read anyway, and at once by a bell. A full
 * list is left alone: the bell is a chance, and a session nobody takes up is void after a minute.
 */
export async function callAgent(deps: Dependencies, grant: SessionGrant): Promise<void> {
  const { cluster, instanceId, agentEpoch, sessionId, openBefore } = grant;
  await untilCommitted(`session for ${instanceId}`, async () => {
    const lease = await read(deps.store, leases, { cluster, instanceId });
    if (lease?.value.agentEpoch !== agentEpoch) return undefined;
    const waiting = (lease.value.sessions ?? []).filter(({ until }) => until > deps.clock.now());
    if (waiting.length >= MAX_WAITING || waiting.some((one) => one.sessionId === sessionId)) return undefined;
    const sessions = [...waiting, { sessionId, until: openBefore }];
    const value = { ...lease.value, sessions };
    const outcome = await deps.store.transact([put(leases, { cluster, instanceId }, value, lease.version)]);
    return outcome.kind === 'conflict' ? CONFLICT : undefined;
  });
  try {
    const bell = { instanceId, agentEpoch, previous: 0, sequence: 0, changes: [], session: sessionId };
    await deps.channel.ring(instanceId, bell);
  } catch (error) {
    deps.log.warn('an agent could not be rung; its next heartbeat tells it of the session', { instanceId, error });
  }
}
