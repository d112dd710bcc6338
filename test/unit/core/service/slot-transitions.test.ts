import { describe, expect, test } from 'vitest';
import type { SlotChunk, SlotRecord } from '#core/model/service.ts';
import {
  emptySlot,
  freeSlot,
  markSlotLeaving,
  markSlotRunning,
  markSlotStopping,
  startSlot,
} from '#core/service/slot-transitions.ts';
import { timingsAt } from '#core/timings.ts';

const timings = timingsAt();
const chunkWith = (slot: Partial<SlotRecord>): SlotChunk => ({
  cluster: 'default',
  service: 'web',
  deployment: 'ecs-svc/1',
  chunk: 0,
  slots: [{ index: 0, epoch: 3, phase: 'running', failures: 0, ...slot }],
  failedTasks: 0,
});
const only = (chunk: SlotChunk): SlotRecord | undefined => chunk.slots[0];

describe('slot transitions', () => {
  test('start, of a free slot, moves to the next epoch and forgets drain and delay', () => {
    const slot = { ...emptySlot(0), epoch: 3, failures: 2, notBefore: 9, leaving: true } as const;
    expect(startSlot(slot)).toEqual({ index: 0, epoch: 4, phase: 'started', failures: 2 });
  });

  test('any news, for an epoch that is over, changes nothing', () => {
    const chunk = chunkWith({});
    expect(markSlotStopping(chunk, 0, 2)).toBe(chunk);
    expect(markSlotRunning(chunk, 0, 4, 1)).toBe(chunk);
    expect(freeSlot(chunk, 0, 2, { at: 1, failed: true }, timings)).toBe(chunk);
    expect(markSlotLeaving(chunk, 7, 3, true)).toBe(chunk);
  });

  test('running, for a task already told to stop, does not bring it back', () => {
    const chunk = chunkWith({ phase: 'stopping' });
    expect(only(markSlotRunning(chunk, 0, 3, 5))?.phase).toBe('stopping');
  });

  test('failure, again and again, doubles the delay up to five minutes', () => {
    const delays: number[] = [];
    let slot: Partial<SlotRecord> = {};
    for (let round = 0; round < 11; round += 1) {
      const end = { at: 0, failed: true, startedAt: -1 };
      const freed = only(freeSlot(chunkWith({ ...slot, phase: 'running' }), 0, 3, end, timings));
      delays.push((freed?.notBefore ?? 0) / 1_000);
      slot = { failures: freed?.failures ?? 0 };
    }
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  test('failure, of a task that never ran, doubles the delay up to 27 minutes', () => {
    const end = { at: 0, failed: true };
    const freed = freeSlot(chunkWith({ phase: 'started', failures: 20 }), 0, 3, end, timings);
    expect(only(freed)?.notBefore).toBe(27 * 60_000);
  });

  test('failure, after a long healthy run, starts again from the first delay', () => {
    const end = { at: 700_000, failed: true, startedAt: 0 };
    expect(only(freeSlot(chunkWith({ failures: 6 }), 0, 3, end, timings))).toMatchObject({
      failures: 1,
      notBefore: 701_000,
    });
  });

  test('end, of a task that was told to stop, is no failure even when its container failed', () => {
    const freed = freeSlot(chunkWith({ phase: 'stopping', failures: 2 }), 0, 3, { at: 1, failed: true }, timings);
    expect(freed.slots).toEqual([{ index: 0, epoch: 3, phase: 'empty', failures: 0 }]);
    expect(freed.failedTasks).toBe(0);
  });
});
