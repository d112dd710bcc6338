import { KEEP_MS } from '#core/session/limits.ts';
import type { Dependencies } from '../dependencies.ts';
import { put, read, sessionGrants } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';

/** From now on nothing more is wanted of a session; its agent learns it at its next exchange. Idempotent. */
export async function closeSession(deps: Dependencies, sessionId: string, reason: string): Promise<void> {
  await untilCommitted(`end of ${sessionId}`, async () => {
    const grant = await read(deps.store, sessionGrants, sessionId);
    if (!grant || grant.value.closed) return undefined;
    const now = deps.clock.now();
    const value = { ...grant.value, closed: { at: now, reason } };
    const outcome = await deps.store.transact([
      put(sessionGrants, sessionId, value, grant.version, { expiresAt: now + KEEP_MS }),
    ]);
    return outcome.kind === 'conflict' ? CONFLICT : undefined;
  });
}
