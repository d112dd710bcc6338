import { describe, expect, it } from 'vitest';
import { closingLine } from '#test/support/closing-line.ts';

describe('closing line', () => {
  it('a run, finished, counts each outcome', () => {
    expect(closingLine(['passed', 'passed', 'skipped', 'failed'], 0)).toBe('2 passed, 1 failed, 1 skipped');
  });

  it('an error outside every test, reported, counts as a failure', () => {
    expect(closingLine(['passed'], 1)).toBe('1 passed, 1 failed, 0 skipped');
  });
});
