import { describe, expect, it, vi } from 'vitest';
import { nodeTimers } from '#agent/node-clock.ts';
import { dockerRuntime, reachableDocker } from '#agent/runtime/docker/docker-runtime.ts';
import type { ContainerDefinition } from '#core/model/task-definition.ts';
import { silentLog } from '#test/support/agent-silent-log.ts';
import { aContainerSpec } from '#test/support/agent-specs.ts';
import { BUSYBOX_IMAGE, busyboxImage } from '#test/support/busybox-image.ts';
import { containerRuntimeContract } from './container-runtime.case.ts';
import { containerStreamsContract } from './container-streams.case.ts';

const docker = await reachableDocker();
const missing = docker ? await busyboxImage(docker) : 'no Docker engine answers';
const shell = (script: string, more: Partial<ContainerDefinition> = {}): ContainerDefinition => ({
  name: 'app',
  image: BUSYBOX_IMAGE,
  command: ['sh', '-c', script],
  memory: 64,
  ...more,
});

if (docker && missing === undefined) {
  const factory = dockerRuntime({ docker, timers: nodeTimers, log: silentLog, machineMemory: 512 });

  containerRuntimeContract('docker', async () => ({
    factory,
    forever: shell('trap "exit 0" TERM; while :; do sleep 0.1; done'),
    brief: shell('exit 3'),
    stubborn: shell("trap '' TERM; while :; do sleep 0.1; done"),
    broken: shell('', { command: ['/no/such/file'] }),
  }));

  containerStreamsContract('docker', async () => ({
    factory,
    chatty: shell('echo first; echo second; echo third; while :; do sleep 0.1; done'),
    terse: shell('echo first; echo second; echo third'),
  }));

  describe('docker runtime', () => {
    it('open, with a terminal, has one of the size it is told, and whoever started the rest of it is gone after a kill', async () => {
      const runtime = factory.open(['i-terminal']);
      const spec = aContainerSpec('terminal', 'i-terminal', shell('sleep 60'));
      await runtime.create(spec);
      await runtime.start(spec.name);
      const command = await runtime.open(spec.name, { command: ['sh'], terminal: true });
      await command.resize(123, 45);
      await command.write(Buffer.from('stty size; sleep 987\r'));
      let text = '';
      for await (const { data } of command.output) {
        text += Buffer.from(data).toString();
        if (text.includes('45 123')) break;
      }
      const ps = ['sh', '-c', 'ps | grep -v grep | grep -q "sleep 987"'];
      const isThere = async () =>
        (await runtime.exec(spec.name, ps, 20_000)).kind === 'exited' && (await runtime.exec(spec.name, ps, 20_000));
      await vi.waitFor(async () => expect(await isThere()).toMatchObject({ exitCode: 0 }), 5_000);
      await command.kill();
      await vi.waitFor(async () => expect(await isThere()).toMatchObject({ exitCode: 1 }), 5_000);
      await runtime.remove(spec.name);
    });

    it('logs, with times and from a time on, are what the engine noted', async () => {
      const runtime = factory.open(['i-times']);
      const spec = aContainerSpec('times', 'i-times', shell('echo early; sleep 2; echo late; sleep 60'));
      await runtime.create(spec);
      await runtime.start(spec.name);
      const startedAt = Date.now();
      const read = async (more: object): Promise<string> => {
        const pieces = [];
        const wanted = { follow: false, timestamps: true, ...more };
        for await (const { data } of runtime.logs(spec.name, wanted, new AbortController().signal)) pieces.push(data);
        return Buffer.concat(pieces).toString();
      };
      await vi.waitFor(async () => expect(await read({})).toMatch(/^\S+T\S+Z early\n\S+T\S+Z late\n$/), 10_000);
      expect(await read({ since: startedAt + 1_000 })).toMatch(/^\S+Z late\n$/);
      await runtime.remove(spec.name);
    });

    it('what is kept of the output, is bounded', async () => {
      const runtime = factory.open(['i-bounded']);
      const spec = aContainerSpec('bounded', 'i-bounded', shell('sleep 60'));
      await runtime.create(spec);
      const { HostConfig } = await docker.getContainer(spec.name).inspect();
      expect(HostConfig.LogConfig).toEqual({ Type: 'json-file', Config: { 'max-file': '2', 'max-size': '10m' } });
      await runtime.remove(spec.name);
    });

    it('every container, is hardened and published as its definition says', async () => {
      const runtime = factory.open(['i-hardened']);
      const definition = shell('sleep 60', { portMappings: [{ containerPort: 80 }], cpu: 256 });
      const spec = aContainerSpec('hardened', 'i-hardened', definition);
      await runtime.create(spec);
      await runtime.start(spec.name);
      const inspected = await docker.getContainer(spec.name).inspect();
      expect(inspected.HostConfig).toMatchObject({
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        PidsLimit: 1024,
        Memory: 64 * 1024 * 1024,
        CpuShares: 256,
        RestartPolicy: { Name: 'no' },
      });
      expect(await runtime.inspect(spec.name)).toMatchObject({
        networkBindings: [{ bindIP: '0.0.0.0', containerPort: 80, hostPort: expect.any(Number), protocol: 'tcp' }],
      });
      await runtime.remove(spec.name);
    });

    it('a program that is not in the image, exits as a shell says it', async () => {
      const runtime = factory.open(['i-missing']);
      const spec = aContainerSpec('missing', 'i-missing', shell('sleep 60'));
      await runtime.create(spec);
      await runtime.start(spec.name);
      const outcome = await runtime.exec(spec.name, ['/no/such/file'], 20_000);
      await runtime.remove(spec.name);
      expect([126, 127]).toContain(outcome.kind === 'exited' && outcome.exitCode);
    });

    it('a command that hangs, is not joined by a second one while it is there', async () => {
      const runtime = factory.open(['i-hang']);
      const spec = aContainerSpec('hang', 'i-hang', shell('sleep 60'));
      await runtime.create(spec);
      await runtime.start(spec.name);
      const hanging = async () => (await docker.getContainer(spec.name).inspect()).ExecIDs?.length ?? 0;
      await runtime.exec(spec.name, ['sleep', '2'], 300);
      expect(await runtime.exec(spec.name, ['sleep', '2'], 300)).toEqual({ kind: 'timeout' });
      expect(await hanging()).toBe(1);
      const free = { kind: 'exited', exitCode: 0 };
      await expect.poll(() => runtime.exec(spec.name, ['true'], 5_000), { timeout: 10_000 }).toEqual(free);
      await runtime.remove(spec.name);
    });

    it("an image's own health check, is not asked", async () => {
      const runtime = factory.open(['i-own']);
      const spec = aContainerSpec('own', 'i-own', shell('sleep 60'));
      await runtime.create(spec);
      const { Config } = await docker.getContainer(spec.name).inspect();
      await runtime.remove(spec.name);
      expect(Config.Healthcheck).toEqual({ Test: ['NONE'] });
    });

    it('a privileged container, is refused whatever the control plane says', async () => {
      const definition = { ...shell('true'), privileged: true } as ContainerDefinition;
      const spec = aContainerSpec('privileged', 'i-privileged', definition);
      await expect(factory.open(['i-privileged']).create(spec)).rejects.toMatchObject({
        reason: 'CannotCreateContainerError: privileged containers are not allowed',
      });
    });

    it("what holds a pod's network, needs no registry and no rights, and is made anew when it has broken down", async () => {
      const runtime = factory.open(['i-holder']);
      const { labels } = aContainerSpec('holder', 'i-holder', shell('true'));
      const pod = { name: 'holder.1', labels, hostname: 'web-0' };
      const first = await runtime.openPod(pod);
      const { HostConfig, Config } = await docker.getContainer(pod.name).inspect();
      expect(HostConfig).toMatchObject({
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        ReadonlyRootfs: true,
        Privileged: false,
        PidsLimit: 8,
        NetworkMode: 'bridge',
      });
      expect(HostConfig.Mounts ?? []).toEqual([]);
      expect(Config.Hostname).toBe('web-0');
      expect(await runtime.openPods()).toEqual([pod.name]);
      await docker.getContainer(pod.name).kill();
      expect((await runtime.openPod(pod)).hostAddress).toBe(first.hostAddress);
      expect((await docker.getContainer(pod.name).inspect()).State.Running).toBe(true);
      await runtime.closePod(pod.name);
    });

    it('an image nobody has, fails with CannotPullContainerError', async () => {
      const definition: ContainerDefinition = { name: 'app', image: 'localhost:1/berth-test/none:1' };
      await expect(factory.open(['i-pull']).pull(definition)).rejects.toMatchObject({
        code: 'CannotPullContainerError',
      });
    });
  });
} else {
  it.skip(`SKIPPED, docker runtime contract: ${missing}`, () => undefined);
}
