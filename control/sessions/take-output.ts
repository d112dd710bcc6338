import { Fault } from '#core/fault.ts';
import type { OutputPiece, SessionEnd } from '#core/model/session.ts';
import { overdue } from '#core/session/grant-rules.ts';
import type { Dependencies } from '../dependencies.ts';
import { remove, sessionOutput } from '../records.ts';
import { readSession } from './read-session.ts';

export interface TakenOutput {
  /** From `from` on, without a gap. */
  readonly pieces: readonly OutputPiece[];
  /** Present with the last of it: nothing more will come. */
  readonly end?: SessionEnd;
}

/**
 * Output of a session that is read and not sent: what lies before `from` is confirmed and forgotten, what lies behind is
 * answered. Faults: TargetNotFound for a session that is over, or somebody else's; TargetNotConnected when its agent
 * does not come, or is gone.
 */
export async function takeOutput(
  deps: Dependencies,
  { sessionId, caller }: { readonly sessionId: string; readonly caller: string },
  from: number,
): Promise<TakenOutput> {
  const state = await readSession(deps, sessionId);
  const grant = state?.grant.value;
  if (!state || grant?.caller !== caller || grant.order.kind !== 'logs' || grant.closed) {
    throw new Fault('TargetNotFound', 'there is no such session of yours');
  }
  const confirmed = state.output.filter(({ value }) => value.sequence < from);
  // A conflict says that they went before, or that another reader of the same session took them.
  if (confirmed.length > 0) {
    await deps.store.transact(
      confirmed.map(({ value, version }) => remove(sessionOutput, { sessionId, sequence: value.sequence }, version)),
    );
  }
  const pieces = state.output.map(({ value }) => value).filter(({ sequence }) => sequence >= from);
  const { end, nextOutput = 0 } = state.progress?.value ?? {};
  if (end && from + pieces.length >= nextOutput) return { pieces, end };
  const late = pieces.length > 0 ? undefined : overdue(grant, state.progress?.value, deps.clock.now());
  if (late !== undefined) throw new Fault('TargetNotConnected', late);
  return { pieces };
}
