import { describe, expect, it } from 'vitest';
import { createOptions } from '#agent/runtime/docker/create-options.ts';
import { idleProgram } from '#agent/runtime/docker/idle-program.ts';
import { userOf } from '#agent/runtime/docker/image-user.ts';
import { decodeLabels, encodeLabels } from '#agent/runtime/labels.ts';
import type { PodPlace } from '#agent/runtime/port.ts';
import type { ContainerSecurity } from '#core/model/pod.ts';
import { aMember, aPodContainer, aPodRun } from '#test/support/agent-pods.ts';
import { aContainerSpec } from '#test/support/agent-specs.ts';

const place: PodPlace = {
  name: 'p1.1',
  mounts: [{ source: '/data/pods/p1.1/volumes/config', target: '/etc/app', readOnly: true }],
  lastWords: { source: '/data/pods/p1.1/words/app.0', target: '/dev/termination-log', readOnly: false },
  groups: [3_000],
};

const hostOf = (security: ContainerSecurity) =>
  createOptions(aContainerSpec('p1', 'i-1', aMember('app', { security }), { pod: place }), 512).HostConfig;

describe("a pod's container as Docker is asked for it", () => {
  it('every one, joins the network of its pod, publishes nothing and sees what its agent made for it alone', () => {
    expect(hostOf({})).toMatchObject({
      NetworkMode: 'container:p1.1',
      Privileged: false,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      GroupAdd: ['3000'],
      Mounts: [
        { Type: 'bind', Source: '/data/pods/p1.1/volumes/config', Target: '/etc/app', ReadOnly: true },
        { Type: 'bind', Source: '/data/pods/p1.1/words/app.0', Target: '/dev/termination-log', ReadOnly: false },
      ],
    });
    expect(hostOf({})?.PortBindings).toBeUndefined();
    expect(hostOf({})?.Binds).toBeUndefined();
  });

  it.each<[string, ContainerSecurity, readonly string[]]>([
    ['one dropped', { dropCapabilities: ['KILL'] }, ['NET_BIND_SERVICE', 'CHOWN']],
    ['all dropped but one', { dropCapabilities: ['ALL'], addCapabilities: ['NET_BIND_SERVICE'] }, ['NET_BIND_SERVICE']],
    ['written with their prefix', { dropCapabilities: ['ALL'], addCapabilities: ['CAP_CHOWN'] }, ['CHOWN']],
  ])('capabilities, %s', (_situation, security, among) => {
    const left = hostOf(security)?.CapAdd ?? [];
    expect(left).toEqual(expect.arrayContaining([...among]));
    expect(left).not.toContain('KILL');
    if (security.dropCapabilities?.includes('ALL')) expect(left).toEqual(among);
  });
});

describe('user of a container of a pod', () => {
  it.each<[ContainerSecurity, string, string | undefined]>([
    [{}, 'app', undefined],
    [{ runAsUser: 1_000 }, '', '1000'],
    [{ runAsUser: 1_000, runAsGroup: 2_000 }, 'app', '1000:2000'],
    [{ runAsGroup: 2_000 }, 'app:users', 'app:2000'],
    [{ runAsGroup: 2_000 }, '', '0:2000'],
    [{ runAsNonRoot: true }, '1000:1000', undefined],
    [{ runAsNonRoot: true, runAsUser: 5 }, 'root', '5'],
  ])('%j on an image of %j, is %s', (security, image, user) => {
    expect(userOf(security, image)).toBe(user);
  });

  it.each<[ContainerSecurity, string]>([
    [{ runAsNonRoot: true }, ''],
    [{ runAsNonRoot: true }, 'root'],
    [{ runAsNonRoot: true }, '0:1000'],
    [{ runAsNonRoot: true }, 'app'],
    [{ runAsNonRoot: true, runAsUser: 0 }, '1000'],
  ])('%j on an image of %j, is refused', (security, image) => {
    expect(() => userOf(security, image)).toThrow(/runAsNonRoot/);
  });
});

describe('program that holds a network', () => {
  it.each([
    ['amd64', 62],
    ['arm64', 183],
  ])('for %s, is one small executable for that machine', (architecture, machine) => {
    const program = idleProgram(architecture) ?? Buffer.alloc(0);
    expect(program.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
    expect(program.readUInt16LE(18)).toBe(machine);
    expect(program.readBigUInt64LE(24)).toBe(0x400000n + 120n);
    expect(program.readBigUInt64LE(96)).toBe(BigInt(program.length));
    expect(program.length).toBeLessThan(200);
  });

  it('for another machine, is not there', () => {
    expect(idleProgram('s390x')).toBeUndefined();
  });
});

describe("labels of a pod's container", () => {
  it('all of them, are read as they were written', () => {
    const { mounts: _mounts, environmentFrom: _from, ...container } = aPodContainer({ role: 'sidecar' });
    const { volumes: _volumes, ...pod } = aPodRun();
    const { labels } = aContainerSpec('p1', 'i-1', aMember('app'));
    const written = { ...labels, pod: { run: 3, pod, container } };
    expect(decodeLabels(encodeLabels(written))).toEqual(written);
  });
});
