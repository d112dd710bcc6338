import { Fault } from '#core/fault.ts';
import type { Dependencies } from '../dependencies.ts';
import { closeSession } from './close-session.ts';
import { openSession, type SessionRequest } from './open-session.ts';
import { takeOutput } from './take-output.ts';

export interface LogsReader {
  /** Resolves after so many milliseconds, or when the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Aborts when nobody reads any more. */
  readonly signal?: AbortSignal;
}

/** Between two looks while there is output; each one in vain doubles it. */
const QUICK_MS = 40;
const SLOW_MS = 1_000;

/**
 * What a container wrote, piece by piece, as its agent sends it; with `follow` for as long as the container runs. Whoever
 * stops reading ends the session. Faults: as openSession and takeOutput; InvalidParameter with the agent's words when
 * it can not tell, before the first piece.
 */
export async function* readLogs(
  deps: Dependencies,
  request: Omit<SessionRequest, 'prefix'>,
  { sleep, signal }: LogsReader,
): AsyncGenerator<Uint8Array> {
  const { sessionId, caller } = await openSession(deps, { ...request, prefix: 'logs-' });
  let next = 0;
  let rest = QUICK_MS;
  let isOver = false;
  try {
    while (!signal?.aborted) {
      const { pieces, end } = await takeOutput(deps, { sessionId, caller }, next);
      next += pieces.length;
      for (const { data } of pieces) yield Buffer.from(data, 'base64');
      isOver = end !== undefined;
      if (end?.reason !== undefined && next === 0) throw new Fault('InvalidParameter', end.reason);
      if (isOver) return;
      rest = pieces.length > 0 ? QUICK_MS : Math.min(rest * 2, SLOW_MS);
      await sleep(rest, signal);
    }
  } finally {
    if (!isOver) await closeSession(deps, sessionId, 'Nobody reads any more.');
  }
}
