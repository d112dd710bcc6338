import { describe, expect, it } from 'vitest';
import { Outbox } from '#agent/engine/outbox.ts';
import type { TaskReport } from '#events/agent-wire.ts';

const report = (healthStatus: TaskReport['healthStatus'], runtimeId = 'c1'): TaskReport => ({
  taskId: 't1',
  epoch: 1,
  status: 'RUNNING',
  ...(healthStatus ? { healthStatus } : {}),
  containers: [{ name: 'app', status: 'RUNNING', runtimeId, ...(healthStatus ? { healthStatus } : {}) }],
});

const sent = (outbox: Outbox): number | undefined => outbox.unconfirmed().reports[0]?.revision;

describe('revision of a report', () => {
  it('health that goes back and forth, counts each change', () => {
    const outbox = new Outbox();
    outbox.put(report('UNKNOWN'));
    expect(sent(outbox)).toBeUndefined();
    outbox.put(report('HEALTHY'));
    outbox.put(report('HEALTHY'));
    expect(sent(outbox)).toBe(1);
    outbox.put(report('UNHEALTHY'));
    expect(sent(outbox)).toBe(2);
  });

  it('a container that runs anew, counts, too', () => {
    const outbox = new Outbox();
    outbox.put(report(undefined));
    outbox.put(report(undefined, 'c2'));
    expect(sent(outbox)).toBe(1);
  });

  it('a task that nothing checks, never has one', () => {
    const outbox = new Outbox();
    outbox.put({ ...report(undefined), status: 'PENDING', containers: [{ name: 'app', status: 'PENDING' }] });
    outbox.put(report(undefined));
    expect(sent(outbox)).toBeUndefined();
  });

  it('a pod that waits and goes on, counts each change and says it at once, but for what is expected', () => {
    const outbox = new Outbox();
    const pod = (reason: string): TaskReport => ({
      taskId: 't1',
      epoch: 1,
      status: 'PENDING',
      containers: [
        { name: 'app', status: 'PENDING', pod: { ready: false, started: false, restartCount: 0, waiting: { reason } } },
      ],
    });
    expect(outbox.put(pod('ContainerCreating'))).toBe(false);
    expect(outbox.put(pod('ErrImagePull'))).toBe(true);
    expect(outbox.put(pod('ImagePullBackOff'))).toBe(true);
    expect(sent(outbox)).toBe(2);
    expect(outbox.put(pod('ContainerCreating'))).toBe(true);
    expect(sent(outbox)).toBe(3);
  });
});
