import type { OutputPiece, SessionGrant, SessionProgress, WaitingOutput } from '../model/session.ts';
import {
  DRAIN_MS,
  HEARD_EVERY_MS,
  MAX_LIFE_MS,
  MAX_OUTPUT_WAITING,
  RESEND_AFTER_MS,
  SILENT_AFTER_MS,
} from './limits.ts';

/** Who asks for a session on the agent wire. */
export interface SessionAgent {
  readonly cluster: string;
  readonly instanceId: string;
  readonly agentEpoch: number;
}

/** Only the life of the agent that the grant was made for may touch its session. */
export const isGrantedTo = (grant: SessionGrant, agent: SessionAgent): boolean =>
  grant.cluster === agent.cluster && grant.instanceId === agent.instanceId && grant.agentEpoch === agent.agentEpoch;

/** A client may open it: once, in time, and while it is not over. */
export const isOpenable = (grant: SessionGrant, now: number): boolean =>
  grant.client === undefined && grant.closed === undefined && now < grant.openBefore;

/** An agent may begin it: in time, and once whoever reads it is there. */
export const isClaimable = (grant: SessionGrant, now: number): boolean =>
  grant.closed === undefined &&
  now < grant.openBefore &&
  (grant.order.kind === 'logs' || grant.client?.isReady === true);

/** Why a session has to end now although neither side ended it; undefined while it may go on. */
export function overdue(grant: SessionGrant, progress: SessionProgress | undefined, now: number): string | undefined {
  if (now - grant.createdAt > MAX_LIFE_MS) return 'The session reached its longest life.';
  if (!progress) return now < grant.openBefore ? undefined : 'No agent took the session up in time.';
  if (progress.end) return undefined;
  return now - progress.heardAt > SILENT_AFTER_MS ? 'The agent of the task is not heard from any more.' : undefined;
}

/** The pieces that are taken in: those that continue what is there, as many as there is room for. */
export function acceptable(
  progress: SessionProgress,
  waiting: number,
  pieces: readonly OutputPiece[],
): readonly OutputPiece[] {
  const room = Math.max(0, MAX_OUTPUT_WAITING - waiting);
  const fresh = pieces.filter(({ sequence }) => sequence >= progress.nextOutput);
  const gap = fresh.findIndex(({ sequence }, position) => sequence !== progress.nextOutput + position);
  return fresh.slice(0, Math.min(room, gap < 0 ? fresh.length : gap));
}

/** Output that was sent and not confirmed for a while. */
export function toResend(
  { resentAt = 0 }: SessionProgress,
  waiting: readonly WaitingOutput[],
  now: number,
): readonly WaitingOutput[] {
  return now - resentAt < RESEND_AFTER_MS ? [] : waiting.filter(({ at }) => now - at >= RESEND_AFTER_MS);
}

/** The container is done, and so is the reader, or it had its time. */
export const isDrained = ({ end }: SessionProgress, waiting: number, now: number): boolean =>
  end !== undefined && (waiting === 0 || now - end.at > DRAIN_MS);

export const isHeardDue = ({ heardAt }: SessionProgress, now: number): boolean => now - heardAt >= HEARD_EVERY_MS;
