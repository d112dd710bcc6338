import type { InputPiece, OutputPiece, SessionEnd, SessionGrant, SessionProgress } from '#core/model/session.ts';
import {
  acceptable,
  isDrained,
  isGrantedTo,
  isHeardDue,
  overdue,
  type SessionAgent,
  toResend,
} from '#core/session/grant-rules.ts';
import { KEEP_MS } from '#core/session/limits.ts';
import type { ExchangeResponse } from '#events/session-wire.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Write } from '../ports.ts';
import { put, remove, sessionInput, sessionOutput, sessionProgress } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { noSession } from './claim-session.ts';
import { readSession, type SessionState } from './read-session.ts';

/** What an agent sends; see ExchangeRequest for the members. */
export interface Exchange {
  readonly sessionId: string;
  readonly nextInput: number;
  readonly output: readonly OutputPiece[];
  readonly end?: SessionEnd;
}

export interface Exchanged {
  readonly answer: ExchangeResponse;
  readonly grant: SessionGrant;
  /** What the client should be sent now, oldest first; empty while it is not ready, or reads by itself. */
  readonly deliver: readonly OutputPiece[];
  /** The session is over: the caller tells the client and then closes it, so that a lost answer is told again. */
  readonly over?: SessionEnd;
}

/**
 * Takes in what an agent has and hands out what waits for it. One read; a write only when something moved, or the agent
 * was not heard for a while. A repeated exchange changes nothing: every piece has its number.
 * Faults: TargetNotFound for a session that is not this agent's.
 */
export async function exchangeSession(deps: Dependencies, agent: SessionAgent, exchange: Exchange): Promise<Exchanged> {
  return untilCommitted(`exchange of ${exchange.sessionId}`, async () => {
    const state = await readSession(deps, exchange.sessionId);
    if (!state?.progress || !isGrantedTo(state.grant.value, agent)) throw noSession();
    const now = deps.clock.now();
    const grant = state.grant.value;
    if (grant.closed) return closed(grant, state.progress.value);
    const late = overdue(grant, { ...state.progress.value, heardAt: now }, now);
    if (late !== undefined) return closed(grant, state.progress.value, { reason: late });
    const step = next(state, state.progress.value, exchange, now);
    if (step.writes.length > 0 && (await deps.store.transact(step.writes)).kind === 'conflict') return CONFLICT;
    const { progress } = step;
    if (grant.order.kind === 'exec' && isDrained(progress, step.waiting, now)) {
      return closed(grant, progress, progress.end ?? {});
    }
    const isDone = grant.order.kind === 'logs' && progress.end !== undefined;
    return {
      answer: {
        state: isDone ? 'closed' : 'open',
        nextOutput: progress.nextOutput,
        input: contiguous(state, progress.nextInput),
      },
      grant,
      deliver: grant.client?.isReady ? step.deliver : [],
    };
  });
}

interface Step {
  readonly progress: SessionProgress;
  readonly writes: readonly Write[];
  readonly deliver: readonly OutputPiece[];
  /** Pieces of output nobody has confirmed. */
  readonly waiting: number;
}

function next(state: SessionState, before: SessionProgress, exchange: Exchange, now: number): Step {
  const { sessionId } = before;
  const accepted = acceptable(before, state.output.length, exchange.output);
  const again = toResend(
    before,
    state.output.map(({ value }) => value),
    now,
  );
  const nextOutput = before.nextOutput + accepted.length;
  // An end that comes before the last of its output is accepted is not the end yet.
  const isEnd = exchange.end !== undefined && before.end === undefined && isAllIn(exchange, nextOutput);
  const progress: SessionProgress = {
    ...before,
    nextOutput,
    nextInput: Math.max(before.nextInput, exchange.nextInput),
    heardAt: now,
    ...(again.length > 0 && { resentAt: now }),
    ...(isEnd && { end: { ...exchange.end, at: now } }),
  };
  const consumed = state.input.filter(({ value }) => value.sequence < progress.nextInput);
  const isNews =
    accepted.length + consumed.length + again.length > 0 || isEnd || progress.nextInput !== before.nextInput;
  if (!isNews && !isHeardDue(before, now)) {
    return { progress: before, writes: [], deliver: [], waiting: state.output.length };
  }
  const expiresAt = now + KEEP_MS;
  const writes = [
    put(sessionProgress, sessionId, progress, state.progress?.version ?? 'absent', { expiresAt }),
    ...accepted.map(({ sequence, stream, data }) =>
      put(sessionOutput, { sessionId, sequence }, { sequence, stream, data, at: now }, 'absent', { expiresAt }),
    ),
    ...consumed.map(({ value, version }) => remove(sessionInput, { sessionId, sequence: value.sequence }, version)),
  ];
  return { progress, writes, deliver: [...again, ...accepted], waiting: state.output.length + accepted.length };
}

const isAllIn = ({ output }: Exchange, nextOutput: number): boolean =>
  output.every(({ sequence }) => sequence < nextOutput);

/** Input from `first` on, up to the first number that has not come yet. */
function contiguous({ input }: SessionState, first: number): readonly InputPiece[] {
  const fresh = input.map(({ value }) => value).filter(({ sequence }) => sequence >= first);
  const gap = fresh.findIndex(({ sequence }, position) => sequence !== first + position);
  return gap < 0 ? fresh : fresh.slice(0, gap);
}

const closed = (grant: SessionGrant, { nextOutput }: SessionProgress, over?: SessionEnd): Exchanged => ({
  answer: { state: 'closed', nextOutput, input: [] },
  grant,
  deliver: [],
  ...(over && { over }),
});
