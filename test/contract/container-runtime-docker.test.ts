import { describe, expect, it } from 'vitest';
import { nodeTimers } from '#agent/node-clock.ts';
import { dockerRuntime, reachableDocker } from '#agent/runtime/docker/docker-runtime.ts';
import type { ContainerDefinition } from '#core/model/task-definition.ts';
import { silentLog } from '#test/support/agent-silent-log.ts';
import { aContainerSpec } from '#test/support/agent-specs.ts';
import { BUSYBOX_IMAGE, busyboxImage } from '#test/support/busybox-image.ts';
import { containerRuntimeContract } from './container-runtime.case.ts';

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

  describe('docker runtime', () => {
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
