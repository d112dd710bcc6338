import { describe, expect, it } from 'vitest';
import { instanceStatus, taskStatus } from '#cli/read-status.ts';
import { renderStatus } from '#cli/render-status.ts';

describe('status', () => {
  it('a cluster, rendered, shows services, tasks with their reason, and machines', () => {
    const text = renderStatus([
      {
        cluster: 'default',
        services: [{ name: 'web', status: 'ACTIVE', desired: 3, running: 2, pending: 1, events: ['no room'] }],
        tasks: [
          {
            id: '0123456789abcdef',
            group: 'service:web',
            lastStatus: 'PROVISIONING',
            desiredStatus: 'RUNNING',
            reason: 'memory',
          },
        ],
        instances: [],
      },
    ]);
    expect(text.split('\n')).toEqual([
      'cluster default',
      '',
      'SERVICE  STATUS  DESIRED  RUNNING  PENDING  NEWEST EVENT',
      'web      ACTIVE  3        2        1        no room',
      '',
      'TASK      GROUP        LAST          DESIRED  WHY',
      '01234567  service:web  PROVISIONING  RUNNING  memory',
      '',
      'no machines',
    ]);
  });

  it('text with terminal control characters, rendered, loses them', () => {
    const task = {
      id: 'a',
      group: 'g\u001b[2J\r\n\u202e',
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      reason: '',
    };
    const text = renderStatus([{ cluster: 'c', services: [], tasks: [task], instances: [] }]);
    expect(['\u001b', '\r', '\u202e'].filter((control) => text.includes(control))).toEqual([]);
  });

  it('a stopped task, read, tells each reason once', () => {
    const containers = [{ reason: 'exit 1' }, { reason: 'killed' }];
    expect(taskStatus({ stoppedReason: 'killed', containers }).reason).toBe('killed; exit 1');
  });

  it('a machine, read, tells free and registered resources', () => {
    const status = instanceStatus({
      containerInstanceArn: 'arn:aws:ecs:eu-west-1:000000000000:container-instance/default/abc',
      remainingResources: [{ name: 'CPU', integerValue: 512 }],
      registeredResources: [{ name: 'CPU', integerValue: 1024 }],
    });
    expect(status).toMatchObject({ id: 'abc', connected: false, cpu: { free: 512, total: 1024 } });
  });
});
