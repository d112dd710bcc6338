import { describe, expect, it } from 'vitest';
import type { ContainerInfo } from '#agent/runtime/port.ts';
import { asDeadline, condemned, isPast } from '#agent/watchdog/deadline.ts';
import { aContainerSpec, aSimulated } from '#test/support/agent-specs.ts';

const DEADLINE = { boot: 'now', at: 1_000, owners: ['i-1'], agent: { pid: 7, startTime: '70' } };

const container = (name: string, state: ContainerInfo['state'], fenced: boolean): ContainerInfo => {
  const { labels } = aContainerSpec(name, 'i-1', aSimulated('app'));
  return {
    name,
    runtimeId: name,
    labels: fenced ? { ...labels, fenced: true } : labels,
    state,
    oomKilled: false,
    networkBindings: [],
  };
};

describe('deadline of fenced containers', () => {
  it.each([
    ['ahead', DEADLINE, 999, false],
    ['reached', DEADLINE, 1_000, true],
    ['behind', DEADLINE, 1_001, true],
    ['ahead, of an earlier boot', { ...DEADLINE, boot: 'before' }, 1, true],
    ['not there', undefined, 1, true],
  ])('%s, passed or not', (_, deadline, now, expected) => {
    expect(isPast(deadline, 'now', now)).toBe(expected);
  });

  it('containers of every kind, only fenced ones that run or could run are condemned', () => {
    const found = [
      container('runs', 'running', true),
      container('waits', 'created', true),
      container('ended', 'exited', true),
      container('free', 'running', false),
      container('free-waits', 'created', false),
    ];
    expect(condemned(found)).toEqual({ kill: ['runs'], remove: ['waits'] });
  });

  it('what a file holds, is a deadline only when every member is', () => {
    expect(asDeadline(DEADLINE)).toEqual(DEADLINE);
    for (const damaged of [undefined, null, 5, {}, { ...DEADLINE, at: '9' }, { ...DEADLINE, agent: {} }]) {
      expect(asDeadline(damaged)).toBeUndefined();
    }
  });
});
