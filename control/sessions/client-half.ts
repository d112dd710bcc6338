import { Fault } from '#core/fault.ts';
import type { InputPiece, SessionClient, SessionGrant } from '#core/model/session.ts';
import { isOpenable, overdue } from '#core/session/grant-rules.ts';
import { KEEP_MS, MAX_INPUT_WAITING } from '#core/session/limits.ts';
import type { Dependencies } from '../dependencies.ts';
import {
  put,
  read,
  remove,
  sessionGrants,
  sessionInput,
  sessionOutput,
  sessionProgress,
  sessionSockets,
} from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { callAgent } from './call-agent.ts';

/** What a client says about itself when it opens its session. */
export interface Opening extends Pick<SessionClient, 'connection' | 'framing' | 'wantsExitCode'> {
  /** Absent: with a terminal, as ECS has it. */
  readonly terminal?: boolean;
}

/**
 * A socket takes part in a session: the first one to bring its token, and no later one.
 * Faults: TargetNotFound when the session is taken, over or void.
 */
export async function attachClient(deps: Dependencies, sessionId: string, opening: Opening): Promise<SessionGrant> {
  const { terminal, ...client } = opening;
  return untilCommitted(`opening of ${sessionId}`, async () => {
    const grant = await read(deps.store, sessionGrants, sessionId);
    const now = deps.clock.now();
    if (!grant || !isOpenable(grant.value, now)) throw new Fault('TargetNotFound', 'the session can not be opened');
    const { order } = grant.value;
    const value: SessionGrant = {
      ...grant.value,
      order: order.kind === 'exec' && terminal !== undefined ? { ...order, terminal } : order,
      client: { ...client, isReady: false, openedAt: now },
    };
    const expiresAt = now + KEEP_MS;
    const outcome = await deps.store.transact([
      put(sessionGrants, sessionId, value, grant.version, { expiresAt }),
      put(sessionSockets, opening.connection, { sessionId }, 'absent', { expiresAt }),
    ]);
    return outcome.kind === 'conflict' ? CONFLICT : value;
  });
}

/** The session of a socket; undefined when it opened none. */
export async function sessionOf(deps: Dependencies, connection: string): Promise<SessionGrant | undefined> {
  const socket = await read(deps.store, sessionSockets, connection);
  const grant = socket && (await read(deps.store, sessionGrants, socket.value.sessionId));
  return grant?.value.client?.connection === connection ? grant.value : undefined;
}

/** The client can be spoken to from now on, so its agent may begin. */
export async function readyClient(deps: Dependencies, sessionId: string): Promise<void> {
  const ready = await untilCommitted(`start of ${sessionId}`, async () => {
    const grant = await read(deps.store, sessionGrants, sessionId);
    if (!grant?.value.client || grant.value.client.isReady || grant.value.closed) return undefined;
    const value = { ...grant.value, client: { ...grant.value.client, isReady: true } };
    const expiresAt = deps.clock.now() + KEEP_MS;
    const outcome = await deps.store.transact([put(sessionGrants, sessionId, value, grant.version, { expiresAt })]);
    return outcome.kind === 'conflict' ? CONFLICT : value;
  });
  if (ready) await callAgent(deps, ready);
}

/** taken: it is stored, or was; full: the client has to send it again later; over: with the reason why. */
export type InputOutcome = 'taken' | 'full' | { readonly over: string };

/** Stores one piece of input. Invariant: a number is stored once, and never after its agent took it. */
export async function takeInput(deps: Dependencies, grant: SessionGrant, piece: InputPiece): Promise<InputOutcome> {
  const { sessionId } = grant;
  const progress = await read(deps.store, sessionProgress, sessionId);
  const now = deps.clock.now();
  const over = grant.closed?.reason ?? overdue(grant, progress?.value, now);
  if (over !== undefined) return { over };
  const nextInput = progress?.value.nextInput ?? 0;
  if (piece.sequence < nextInput) return 'taken';
  if (piece.sequence >= nextInput + MAX_INPUT_WAITING) return 'full';
  // A conflict says that this number is there already.
  await deps.store.transact([
    put(sessionInput, { sessionId, sequence: piece.sequence }, piece, 'absent', { expiresAt: now + KEEP_MS }),
  ]);
  return 'taken';
}

/** The reader has this piece: it need not be kept. Idempotent. */
export async function confirmOutput(deps: Dependencies, sessionId: string, sequence: number): Promise<void> {
  // Pieces are written once, so the version is known; a conflict says that it went before.
  await deps.store.transact([remove(sessionOutput, { sessionId, sequence }, 1)]);
}
