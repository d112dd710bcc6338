import type { SlotChunk, SlotRecord } from '../model/service.ts';
import type { HealthStatus } from '../model/task.ts';
import type { Timings } from '../timings.ts';
import { findSlot, withSlot } from './slots.ts';

/** Rule R1: the slot moves from epoch n-1 to n, together with the creation of task n. */
export const startSlot = (slot: SlotRecord, pinnedTo?: string): SlotRecord => ({
  index: slot.index,
  epoch: slot.epoch + 1,
  phase: 'started',
  // What failed on another machine is no fault of this one.
  failures: slot.pinnedTo === pinnedTo ? slot.failures : 0,
  ...(pinnedTo === undefined ? {} : { pinnedTo }),
});

export const emptySlot = (index: number): SlotRecord => ({ index, epoch: 0, phase: 'empty', failures: 0 });

/** Changes the slot if it still holds this epoch and one of these phases; otherwise the news is old and changes nothing. */
function change(
  chunk: SlotChunk,
  index: number,
  epoch: number,
  next: (slot: SlotRecord) => SlotRecord | undefined,
): SlotChunk {
  const slot = findSlot(chunk, index);
  const changed = slot && slot.epoch === epoch ? next(slot) : undefined;
  return changed ? withSlot(chunk, changed) : chunk;
}

export const markSlotRunning = (chunk: SlotChunk, index: number, epoch: number, at: number): SlotChunk =>
  change(chunk, index, epoch, (slot) =>
    slot.phase === 'started' ? { ...slot, phase: 'running', runningSince: at } : undefined,
  );

/**
 * What the task's health checks say now. It writes also what the slot says already: a worker that has just read otherwise
 * of the task, and is about to fold it, must meet a chunk that moved.
 */
export const markSlotHealth = (
  chunk: SlotChunk,
  index: number,
  epoch: number,
  status: HealthStatus,
  at: number,
): SlotChunk =>
  change(chunk, index, epoch, (slot) =>
    slot.phase === 'running' || slot.phase === 'started' ? { ...slot, health: { status, at } } : undefined,
  );

/** The task is stopped because its health check fails, which counts against its deployment. */
export function markSlotFailing(chunk: SlotChunk, index: number, epoch: number): SlotChunk {
  const stopping = markSlotStopping(chunk, index, epoch);
  const isNews = stopping !== chunk && findSlot(chunk, index)?.phase !== 'stopping';
  return isNews
    ? { ...stopping, failedTasks: chunk.failedTasks + 1, failedEarly: (chunk.failedEarly ?? 0) + 1 }
    : stopping;
}

/** The task is no longer wanted: it must not be counted, and its slot is not free until it is gone. */
export const markSlotStopping = (chunk: SlotChunk, index: number, epoch: number): SlotChunk =>
  change(chunk, index, epoch, (slot) => (slot.phase === 'empty' ? undefined : { ...slot, phase: 'stopping' }));

/** The task's machine is draining, or no longer is. */
export const markSlotLeaving = (chunk: SlotChunk, index: number, epoch: number, leaving: boolean): SlotChunk =>
  change(chunk, index, epoch, ({ leaving: was = false, ...slot }) => {
    if (was === leaving) return undefined;
    return leaving ? { ...slot, leaving } : slot;
  });

/** Protects the task until an instant, or no longer. A task that is stopping, or gone, can not be protected any more. */
export const protectSlot = (chunk: SlotChunk, index: number, epoch: number, until: number | undefined): SlotChunk =>
  change(chunk, index, epoch, ({ protectedUntil: _was, ...slot }) =>
    slot.phase === 'running' || slot.phase === 'started'
      ? { ...slot, ...(until === undefined ? {} : { protectedUntil: until }) }
      : undefined,
  );

/** How a task ended: voluntary and lost tasks are nobody's fault, failed ones back off. */
export interface SlotEnd {
  readonly at: number;
  readonly failed: boolean;
  /** When the task began to run, if it ever did. */
  readonly startedAt?: number;
}

/**
 * Frees the slot. A failure delays its next start: 1, 2, 4 ... 300 s, and up to 27 minutes while its tasks never run at
 * all; from the first again after a long healthy run.
 */
export function freeSlot(
  chunk: SlotChunk,
  index: number,
  epoch: number,
  end: SlotEnd,
  timings: Pick<Timings, 'crashBackoff' | 'crashBackoffMax' | 'startBackoffMax' | 'crashReset' | 'healthyAfter'>,
): SlotChunk {
  const held = findSlot(chunk, index);
  if (!held || held.epoch !== epoch || held.phase === 'empty') return chunk;
  const { pinnedTo } = held;
  const free: SlotRecord = {
    index,
    epoch,
    phase: 'empty',
    failures: 0,
    ...(pinnedTo === undefined ? {} : { pinnedTo }),
  };
  if (!end.failed || held.phase === 'stopping') return withSlot(chunk, free);
  const isFresh = end.startedAt !== undefined && end.at - end.startedAt >= timings.crashReset;
  const failures = isFresh ? 1 : held.failures + 1;
  const longest = end.startedAt === undefined ? timings.startBackoffMax : timings.crashBackoffMax;
  const delay = Math.min(longest, timings.crashBackoff * 2 ** (failures - 1));
  const isEarly = held.health
    ? held.health.status !== 'HEALTHY'
    : end.startedAt === undefined || end.at - end.startedAt < timings.healthyAfter;
  return {
    ...withSlot(chunk, { ...free, failures, notBefore: end.at + delay }),
    failedTasks: chunk.failedTasks + 1,
    ...(isEarly ? { failedEarly: (chunk.failedEarly ?? 0) + 1 } : {}),
  };
}
