import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OutputPiece, SessionGrant, SessionProgress } from '#core/model/session.ts';
import {
  acceptable,
  isClaimable,
  isDrained,
  isGrantedTo,
  isOpenable,
  overdue,
  toResend,
} from '#core/session/grant-rules.ts';
import {
  DRAIN_MS,
  MAX_LIFE_MS,
  MAX_OUTPUT_WAITING,
  OPEN_WITHIN_MS,
  RESEND_AFTER_MS,
  SILENT_AFTER_MS,
} from '#core/session/limits.ts';

const NOW = 1_000_000;
const client = { connection: 'c', framing: 'binary', wantsExitCode: false, isReady: true, openedAt: NOW } as const;
const aGrant = (overrides: Partial<SessionGrant> = {}): SessionGrant => ({
  sessionId: 's',
  cluster: 'default',
  taskId: 't',
  epoch: 1,
  instanceId: 'i',
  agentEpoch: 3,
  container: 'app',
  order: { kind: 'exec', command: ['sh'], terminal: true },
  caller: 'ada',
  createdAt: NOW,
  openBefore: NOW + OPEN_WITHIN_MS,
  ...overrides,
});
const progress = (overrides: Partial<SessionProgress> = {}): SessionProgress => ({
  sessionId: 's',
  claimedAt: NOW,
  heardAt: NOW,
  nextInput: 0,
  nextOutput: 0,
  ...overrides,
});
const pieces = (...sequences: number[]): OutputPiece[] =>
  sequences.map((sequence) => ({ sequence, stream: 'stdout', data: '' }));

describe('whose a grant is', () => {
  test('an agent, has it in the cluster, on the machine and in the life it was made for', () => {
    const agent = { cluster: 'default', instanceId: 'i', agentEpoch: 3 };
    expect(isGrantedTo(aGrant(), agent)).toBe(true);
    expect(isGrantedTo(aGrant(), { ...agent, cluster: 'other' })).toBe(false);
    expect(isGrantedTo(aGrant(), { ...agent, instanceId: 'j' })).toBe(false);
    expect(isGrantedTo(aGrant(), { ...agent, agentEpoch: 4 })).toBe(false);
  });

  test('a client, opens it once, within a minute and while it is not over', () => {
    expect(isOpenable(aGrant(), NOW + OPEN_WITHIN_MS - 1)).toBe(true);
    expect(isOpenable(aGrant(), NOW + OPEN_WITHIN_MS)).toBe(false);
    expect(isOpenable(aGrant({ client }), NOW)).toBe(false);
    expect(isOpenable(aGrant({ closed: { at: NOW, reason: '' } }), NOW)).toBe(false);
  });

  test('an agent, begins a command once its client is ready, and logs at once', () => {
    const logs = { kind: 'logs', follow: false, timestamps: false, previous: false } as const;
    expect(isClaimable(aGrant({ client }), NOW)).toBe(true);
    expect(isClaimable(aGrant({ client: { ...client, isReady: false } }), NOW)).toBe(false);
    expect(isClaimable(aGrant(), NOW)).toBe(false);
    expect(isClaimable(aGrant({ order: logs }), NOW)).toBe(true);
    expect(isClaimable(aGrant({ order: logs }), NOW + OPEN_WITHIN_MS)).toBe(false);
    expect(isClaimable(aGrant({ order: logs, closed: { at: NOW, reason: '' } }), NOW)).toBe(false);
  });
});

describe('when a session is overdue', () => {
  test('its life, its agent’s coming and its agent’s silence, each have an end', () => {
    expect(overdue(aGrant(), progress(), NOW)).toBeUndefined();
    expect(overdue(aGrant(), progress({ heardAt: NOW + MAX_LIFE_MS }), NOW + MAX_LIFE_MS + 1)).toMatch(/longest life/);
    expect(overdue(aGrant(), undefined, NOW + OPEN_WITHIN_MS - 1)).toBeUndefined();
    expect(overdue(aGrant(), undefined, NOW + OPEN_WITHIN_MS)).toMatch(/in time/);
    expect(overdue(aGrant(), progress(), NOW + SILENT_AFTER_MS)).toBeUndefined();
    expect(overdue(aGrant(), progress(), NOW + SILENT_AFTER_MS + 1)).toMatch(/not heard/);
    expect(overdue(aGrant(), progress({ end: { at: NOW } }), NOW + SILENT_AFTER_MS + 1)).toBeUndefined();
  });
});

describe('what is taken of output', () => {
  test('pieces, are taken from the next number on, up to the first gap and as far as there is room', () => {
    const sequences = (found: readonly OutputPiece[]) => found.map(({ sequence }) => sequence);
    expect(sequences(acceptable(progress(), 0, pieces(0, 1, 2)))).toEqual([0, 1, 2]);
    expect(sequences(acceptable(progress({ nextOutput: 2 }), 0, pieces(0, 1, 2, 3)))).toEqual([2, 3]);
    expect(sequences(acceptable(progress(), 0, pieces(1, 2)))).toEqual([]);
    expect(sequences(acceptable(progress(), 0, pieces(0, 2)))).toEqual([0]);
    expect(sequences(acceptable(progress(), MAX_OUTPUT_WAITING - 1, pieces(0, 1)))).toEqual([0]);
    expect(sequences(acceptable(progress(), MAX_OUTPUT_WAITING, pieces(0)))).toEqual([]);
  });

  test('whatever comes in whatever order and however often, what was taken has no gap and nothing twice', () => {
    const exchanges = fc.array(fc.tuple(fc.nat(30), fc.nat(6), fc.nat(MAX_OUTPUT_WAITING + 5)), {
      size: 'max',
      maxLength: 60,
    });
    fc.assert(
      fc.property(exchanges, (sent) => {
        const taken: number[] = [];
        for (const [first, count, waiting] of sent) {
          const offered = pieces(...Array.from({ length: count }, (_, at) => first + at));
          const accepted = acceptable(progress({ nextOutput: taken.length }), waiting, offered);
          expect(accepted.length + waiting).toBeLessThanOrEqual(Math.max(MAX_OUTPUT_WAITING, waiting));
          taken.push(...accepted.map(({ sequence }) => sequence));
        }
        expect(taken).toEqual(taken.map((_, at) => at));
      }),
    );
  });

  test('output that was not confirmed, is sent again after a while, and not at every turn', () => {
    const [piece] = pieces(0).map((one) => ({ ...one, at: NOW }));
    const waiting = piece ? [piece] : [];
    expect(toResend(progress(), waiting, NOW + RESEND_AFTER_MS - 1)).toEqual([]);
    expect(toResend(progress(), waiting, NOW + RESEND_AFTER_MS)).toEqual(waiting);
    expect(toResend(progress({ resentAt: NOW + 1 }), waiting, NOW + RESEND_AFTER_MS)).toEqual([]);
  });

  test('an end, waits for its reader, but not for ever', () => {
    expect(isDrained(progress(), 0, NOW)).toBe(false);
    const ended = progress({ end: { at: NOW } });
    expect(isDrained(ended, 0, NOW)).toBe(true);
    expect(isDrained(ended, 1, NOW + DRAIN_MS)).toBe(false);
    expect(isDrained(ended, 1, NOW + DRAIN_MS + 1)).toBe(true);
  });
});
