import { describe, expect, it } from 'vitest';
import { Outbox } from '#agent/engine/outbox.ts';
import type { TaskReport } from '#events/agent-wire.ts';

const aReport = (taskId: string, overrides: Partial<TaskReport> = {}): TaskReport => ({
  taskId,
  epoch: 1,
  status: 'RUNNING',
  containers: [{ name: 'app', status: 'RUNNING' }],
  ...overrides,
});

const open = (outbox: Outbox) => outbox.unconfirmed().reports.map(({ taskId }) => taskId);

describe('Outbox', () => {
  it('a confirmed report, is not sent again until it changes', () => {
    const outbox = new Outbox();
    outbox.put(aReport('t1'));
    outbox.acknowledge([aReport('t1')], [{ taskId: 't1', status: 'RUNNING' }]);
    expect(open(outbox)).toEqual([]);
    outbox.put(aReport('t1', { stoppingAt: 5 }));
    expect(open(outbox)).toEqual(['t1']);
  });

  it('a report that changed while it was in flight, stays unconfirmed', () => {
    const outbox = new Outbox();
    outbox.put(aReport('t1'));
    outbox.put(aReport('t1', { stoppingAt: 5 }));
    outbox.acknowledge([aReport('t1')], [{ taskId: 't1', status: 'RUNNING' }]);
    expect(open(outbox)).toEqual(['t1']);
  });

  it('a confirmed STOPPED, names the task that may be forgotten; a confirmed RUNNING does not', () => {
    const outbox = new Outbox();
    const stopped = aReport('t2', { status: 'STOPPED' });
    outbox.put(aReport('t1'));
    outbox.put(stopped);
    const confirmed = [
      { taskId: 't1', status: 'STOPPED' },
      { taskId: 't2', status: 'STOPPED' },
    ] as const;
    expect(outbox.acknowledge([aReport('t1'), stopped], confirmed)).toEqual(['t2']);
  });

  it('PENDING, waits for the next regular heartbeat; a new status does not', () => {
    const outbox = new Outbox();
    expect(outbox.put(aReport('t1', { status: 'PENDING' }))).toBe(false);
    expect(outbox.put(aReport('t1'))).toBe(true);
    expect(outbox.put(aReport('t1', { stoppingAt: 5 }))).toBe(false);
    expect(outbox.put(aReport('t1', { status: 'STOPPED' }))).toBe(true);
  });

  it('more than one heartbeat carries, is sent in parts below the size the server reads', () => {
    const outbox = new Outbox();
    const reason = 'x'.repeat(1_000);
    const containers = Array.from(
      { length: 20 },
      (_, index) => ({ name: `c${index}`, status: 'STOPPED', reason }) as const,
    );
    for (let index = 0; index < 30; index += 1) outbox.put(aReport(`t${index}`, { containers }));
    const { reports, complete } = outbox.unconfirmed();
    expect(complete).toBe(false);
    expect(JSON.stringify(reports).length).toBeLessThan(256 * 1024);
    expect(reports.length).toBeGreaterThan(5);
  });
});
