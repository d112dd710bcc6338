import { describe, expect, it } from 'vitest';
import { refusalOf } from '#agent/runtime/refuse-unsafe.ts';
import type { ContainerDefinition } from '#core/model/task-definition.ts';

const withMembers = (members: object): ContainerDefinition => ({ name: 'app', image: 'app:1', ...members });

describe('refusalOf', () => {
  it('an ordinary container, is not refused', () => {
    const definition = withMembers({
      privileged: false,
      mountPoints: [],
      linuxParameters: { capabilities: { add: ['CHOWN'] } },
    });
    expect(refusalOf(definition)).toBeUndefined();
  });

  it.each([
    ['privileged', { privileged: true }],
    ['an extra capability', { linuxParameters: { capabilities: { add: ['SYS_ADMIN'] } } }],
    ['a prefixed capability', { linuxParameters: { capabilities: { add: ['CAP_NET_RAW'] } } }],
    ['a host device', { linuxParameters: { devices: [{ hostPath: '/dev/sda' }] } }],
    ['a volume', { mountPoints: [{ sourceVolume: 'host' }] }],
    ['volumes of another container', { volumesFrom: [{ sourceContainer: 'db' }] }],
    ['a security option', { dockerSecurityOptions: ['seccomp=unconfined'] }],
    ['a kernel parameter', { systemControls: [{ namespace: 'net.ipv4.ip_forward', value: '1' }] }],
    ['a link', { links: ['db'] }],
  ])('%s, is refused', (_case, members) => {
    expect(refusalOf(withMembers(members))).toMatch(/not (allowed|supported)/);
  });
});
