import { describe, expect, it } from 'vitest';
import { healthProbe, type Probe, type ProbeState, probed } from '#agent/engine/probe.ts';

const PROBE: Probe = {
  action: { kind: 'exec', command: ['true'] },
  period: 10_000,
  timeout: 5_000,
  startPeriod: 0,
  passesNeeded: 1,
  failuresNeeded: 3,
};

/** Answers in order, ten seconds apart: `+` passed, `-` failed. */
function verdict(answers: string, probe: Probe = PROBE): string {
  let state: ProbeState | undefined;
  [...answers].forEach((answer, at) => {
    state = probed(state, probe, answer === '+', (at + 1) * probe.period);
  });
  return state?.status ?? 'UNKNOWN';
}

describe('probed', () => {
  it.each([
    ['nothing yet', '', 'UNKNOWN'],
    ['one pass', '+', 'HEALTHY'],
    ['fewer failures than it takes', '--', 'UNKNOWN'],
    ['failures enough', '---', 'UNHEALTHY'],
    ['failures with a pass between', '--+--', 'HEALTHY'],
    ['healthy, fewer failures than it takes', '+--', 'HEALTHY'],
    ['healthy, failures enough', '+---', 'UNHEALTHY'],
    ['unhealthy, a pass', '---+', 'HEALTHY'],
    ['unhealthy, a failure more', '----', 'UNHEALTHY'],
  ])('%s, %s, is %s', (_situation, answers, status) => {
    expect(verdict(answers)).toBe(status);
  });

  it.each([
    ['failures within it', '-----', 'UNKNOWN'],
    ['failures after it', '--------', 'UNHEALTHY'],
    ['failures after it, too few', '-------', 'UNKNOWN'],
    ['a pass within it', '-+', 'HEALTHY'],
    ['a pass within it, then failures', '+---', 'UNHEALTHY'],
  ])('start period of a minute, %s (%s), is %s', (_situation, answers, status) => {
    expect(verdict(answers, { ...PROBE, startPeriod: 60_000 })).toBe(status);
  });

  it.each([
    ['+', 'UNKNOWN'],
    ['++', 'HEALTHY'],
    ['+-+', 'UNKNOWN'],
  ])('two passes needed, %s, is %s', (answers, status) => {
    expect(verdict(answers, { ...PROBE, passesNeeded: 2 })).toBe(status);
  });
});

describe('healthProbe', () => {
  it('no health check in the definition, is none', () => {
    expect(healthProbe({})).toBeUndefined();
  });

  it('a command alone, takes the defaults of ECS', () => {
    expect(healthProbe({ healthCheck: { command: ['CMD', 'curl', '-f', 'localhost'] } })).toEqual({
      action: { kind: 'exec', command: ['curl', '-f', 'localhost'] },
      period: 30_000,
      timeout: 5_000,
      startPeriod: 0,
      passesNeeded: 1,
      failuresNeeded: 3,
    });
  });

  it('a line for the shell and times of its own, are taken', () => {
    const healthCheck = { command: ['CMD-SHELL', 'a || b'], interval: 5, timeout: 2, retries: 1, startPeriod: 60 };
    expect(healthProbe({ healthCheck })).toEqual({
      action: { kind: 'exec', command: ['/bin/sh', '-c', 'a || b'] },
      period: 5_000,
      timeout: 2_000,
      startPeriod: 60_000,
      passesNeeded: 1,
      failuresNeeded: 1,
    });
  });
});
