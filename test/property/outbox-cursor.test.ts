import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorBehind, MAX_SEEN, OUTBOX_START } from '#control/outbox/outbox-cursor.ts';

const SETTLE = 10;

interface Entry {
  readonly key: string;
  readonly committedAt: number;
}

const keyAt = (at: number, origin: number): string => `${String(at).padStart(6, '0')}#${origin}`;

/** Entries whose commit comes up to the settling time after the time in their key. */
const entries = fc
  .array(fc.record({ at: fc.nat(200), delay: fc.nat(SETTLE - 1) }), { maxLength: MAX_SEEN })
  .map((commits) =>
    commits.map(({ at, delay }, origin): Entry => ({ key: keyAt(at, origin), committedAt: at + delay })),
  );

/** Reads at each instant, `limit` entries beyond those it has seen, as readOutbox does; answers what each read found. */
function follow(all: readonly Entry[], instants: readonly number[], limit: number): readonly string[] {
  const got: string[] = [];
  let cursor = OUTBOX_START;
  const readAt = (now: number): boolean => {
    const there = all.filter(({ key, committedAt }) => committedAt <= now && key > cursor.after).map(({ key }) => key);
    const keys = there.sort().slice(0, limit + cursor.seen.length);
    const seen = new Set(cursor.seen);
    got.push(...keys.filter((key) => !seen.has(key)));
    const isWhole = keys.length === there.length;
    cursor = cursorBehind(cursor, keys, keyAt(Math.max(0, now - SETTLE), 0).slice(0, 6), (key) => key);
    return isWhole;
  };
  for (const now of instants) while (!readAt(now));
  return got;
}

describe('outbox cursor', () => {
  it('of a reader that keeps asking, whatever is committed late, shows each entry exactly once', () => {
    fc.assert(
      fc.property(
        entries,
        fc.array(fc.nat(220), { maxLength: 40 }),
        fc.integer({ min: 1, max: 20 }),
        (all, instants, limit) => {
          const got = follow(all, [...instants.sort((a, b) => a - b), 1_000], limit);
          expect([...got].sort()).toEqual(all.map(({ key }) => key).sort());
        },
      ),
    );
  });

  it('of any number of entries, remembers a bounded number of names and never goes back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 * MAX_SEEN }), fc.nat(300), (count, settled) => {
        const keys = Array.from({ length: count }, (_, at) => keyAt(at, 0));
        const before = { after: keyAt(0, 0), seen: [] };
        const next = cursorBehind(before, keys.slice(1), keyAt(settled, 0).slice(0, 6), (key) => key);
        expect(next.seen.length).toBeLessThanOrEqual(MAX_SEEN);
        expect(next.after >= before.after).toBe(true);
        expect(keys.slice(1).every((key) => key <= next.after || next.seen.includes(key))).toBe(true);
      }),
    );
  });
});
