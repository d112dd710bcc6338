import { describe, expect, it } from 'vitest';
import { isLate } from '#core/task/report-news.ts';

const stored = { status: 'RUNNING', agentEpoch: 2, revision: 3 } as const;

describe('report of a task', () => {
  it('of an earlier revision, same status and agent epoch, is late', () => {
    expect(isLate(stored, { status: 'RUNNING', revision: 2 }, 2)).toBe(true);
    expect(isLate(stored, { status: 'RUNNING' }, 2)).toBe(true);
  });

  it.each([
    ['of a later revision', { status: 'RUNNING', revision: 4 }, 2],
    ['of the same revision', { status: 'RUNNING', revision: 3 }, 2],
    ['of another agent epoch, which counts anew', { status: 'RUNNING' }, 3],
    ['of another status, which only moves forward', { status: 'STOPPED' }, 2],
  ] as const)('%s, is not late', (_case, report, agentEpoch) => {
    expect(isLate(stored, report, agentEpoch)).toBe(false);
  });

  it('the first of its task, is not late', () => {
    expect(isLate(undefined, { status: 'RUNNING' }, 1)).toBe(false);
  });
});
