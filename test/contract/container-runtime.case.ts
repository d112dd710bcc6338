import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { containerName, podName } from '#agent/runtime/labels.ts';
import type { ContainerRuntime, RuntimeFactory } from '#agent/runtime/port.ts';
import type { ContainerDefinition } from '#core/model/task-definition.ts';
import { aContainerSpec } from '#test/support/agent-specs.ts';

export interface RuntimeUnderTest {
  readonly factory: RuntimeFactory;
  /** Runs until it is stopped, ends at once on SIGTERM. */
  readonly forever: ContainerDefinition;
  /** Ends by itself within a second with code 3. */
  readonly brief: ContainerDefinition;
  /** Ends on SIGKILL only. */
  readonly stubborn: ContainerDefinition;
  /** Cannot be started. */
  readonly broken: ContainerDefinition;
}

/** What the engine relies on, whatever runs the containers. */
export function containerRuntimeContract(name: string, make: () => Promise<RuntimeUnderTest>): void {
  describe(`container runtime contract, ${name}`, () => {
    let world: RuntimeUnderTest;
    let agent: string;
    let task: string;
    let runtime: ContainerRuntime;

    beforeEach(async () => {
      world = await make();
      agent = `i-${randomBytes(6).toString('hex')}`;
      task = randomBytes(16).toString('hex');
      runtime = world.factory.open([agent]);
    });

    afterEach(async () => {
      for (const info of await runtime.list()) await runtime.remove(info.name);
    });

    const running = async (definition: ContainerDefinition): Promise<string> => {
      const spec = aContainerSpec(task, agent, definition);
      await runtime.pull(definition);
      await runtime.create(spec);
      await runtime.start(spec.name);
      return spec.name;
    };

    it('create, new name, stands there without running', async () => {
      const spec = aContainerSpec(task, agent, world.forever);
      await runtime.create(spec);
      expect(await runtime.inspect(spec.name)).toMatchObject({
        name: spec.name,
        state: 'created',
        labels: spec.labels,
      });
    });

    it('create, name taken by the same agent, adopts the container that stands there', async () => {
      const name = await running(world.forever);
      const before = await runtime.inspect(name);
      const adopted = await runtime.create(aContainerSpec(task, agent, world.forever));
      expect(adopted).toMatchObject({ state: 'running', runtimeId: before?.runtimeId });
      expect(await runtime.list()).toHaveLength(1);
    });

    it('create, name taken by another agent, fails and leaves it alone', async () => {
      const name = await running(world.forever);
      const other = world.factory.open([`${agent}-other`]);
      await expect(other.create(aContainerSpec(task, `${agent}-other`, world.forever))).rejects.toMatchObject({
        code: 'CannotCreateContainerError',
      });
      expect(await runtime.inspect(name)).toMatchObject({ state: 'running' });
    });

    it('another agent on the same machine, neither sees nor stops nor removes', async () => {
      const name = await running(world.forever);
      const other = world.factory.open([`${agent}-other`]);
      expect(await other.list()).toEqual([]);
      expect(await other.inspect(name)).toBeUndefined();
      await other.stop(name, 0);
      await other.remove(name);
      expect(await runtime.inspect(name)).toMatchObject({ state: 'running' });
    });

    it('a former id of the same agent, its containers are still listed', async () => {
      const name = await running(world.forever);
      const renamed = world.factory.open([`${agent}-new`, agent]);
      expect((await renamed.list()).map((info) => info.name)).toEqual([name]);
    });

    it('start, running already, changes nothing', async () => {
      const name = await running(world.forever);
      const before = await runtime.inspect(name);
      await runtime.start(name);
      expect(await runtime.inspect(name)).toEqual(before);
    });

    it('start, impossible, fails with CannotStartContainerError or its exit', async () => {
      const spec = aContainerSpec(task, agent, world.broken);
      await runtime.create(spec);
      const outcome = await runtime.start(spec.name).then(
        () => 'started',
        (error: { code?: string }) => error.code,
      );
      if (outcome === 'started') await until(async () => (await runtime.inspect(spec.name))?.exitCode === 127);
      else expect(outcome).toBe('CannotStartContainerError');
    });

    it('a container that ends by itself, is seen exited with its code and never starts again', async () => {
      const hints: string[] = [];
      const unwatch = runtime.watch((taskId) => hints.push(taskId));
      const name = await running(world.brief);
      await until(async () => (await runtime.inspect(name))?.state === 'exited');
      expect(await runtime.inspect(name)).toMatchObject({ state: 'exited', exitCode: 3 });
      await until(async () => hints.includes(task));
      await expect(runtime.start(name)).rejects.toMatchObject({ code: 'CannotStartContainerError' });
      unwatch();
    });

    it('stop, a container that heeds SIGTERM, ends before the timeout', async () => {
      const name = await running(world.forever);
      const startedAt = performance.now();
      await runtime.stop(name, 20);
      expect(await runtime.inspect(name)).toMatchObject({ state: 'exited' });
      expect(performance.now() - startedAt).toBeLessThan(10_000);
    });

    it('stop, a container that ignores SIGTERM, is killed after the timeout', async () => {
      const name = await running(world.stubborn);
      await delay(300);
      await runtime.stop(name, 1);
      expect(await runtime.inspect(name)).toMatchObject({ state: 'exited', exitCode: 137 });
    });

    it('stop without grace, by another process than the one that started it, is over at once', async () => {
      const name = await running(world.stubborn);
      await delay(300);
      const startedAt = performance.now();
      await world.factory.open([agent]).stop(name, 0);
      expect(await runtime.inspect(name)).toMatchObject({ state: 'exited', exitCode: 137 });
      expect(performance.now() - startedAt).toBeLessThan(5_000);
    });

    it('start, after another process removed what was created, fails and runs nothing', async () => {
      const spec = aContainerSpec(task, agent, world.forever);
      await runtime.create(spec);
      await world.factory.open([agent]).remove(spec.name);
      await expect(runtime.start(spec.name)).rejects.toMatchObject({ code: 'CannotStartContainerError' });
      expect(await runtime.list()).toEqual([]);
    });

    it('a fenced container, says so to whoever lists it', async () => {
      const spec = aContainerSpec(task, agent, world.forever);
      await runtime.create({ ...spec, labels: { ...spec.labels, fenced: true } });
      expect(await world.factory.open([agent]).list()).toMatchObject([{ labels: { fenced: true } }]);
    });

    it('exec, a command that ends, answers its exit code', async () => {
      const name = await running(world.forever);
      expect(await runtime.exec(name, ['/bin/sh', '-c', 'exit 0'], 20_000)).toEqual({ kind: 'exited', exitCode: 0 });
      expect(await runtime.exec(name, ['/bin/sh', '-c', 'exit 4'], 20_000)).toEqual({ kind: 'exited', exitCode: 4 });
      expect(await runtime.inspect(name)).toMatchObject({ state: 'running' });
    });

    it('exec, a command that hangs, is a timeout, and the next one is answered or a timeout too', async () => {
      const name = await running(world.forever);
      const startedAt = performance.now();
      expect(await runtime.exec(name, ['sleep', '600'], 300)).toEqual({ kind: 'timeout' });
      expect(performance.now() - startedAt).toBeLessThan(10_000);
      const next = await runtime.exec(name, ['/bin/sh', '-c', 'exit 0'], 20_000);
      expect([{ kind: 'exited', exitCode: 0 }, { kind: 'timeout' }]).toContainEqual(next);
      expect(await runtime.inspect(name)).toMatchObject({ state: 'running' });
    });

    it('exec, in a container that does not run or is not ours, fails', async () => {
      const spec = aContainerSpec(task, agent, world.forever);
      await runtime.create(spec);
      const command = ['/bin/sh', '-c', 'exit 0'];
      const refused = { code: 'CannotInspectContainerError' };
      await expect(runtime.exec(spec.name, command, 20_000)).rejects.toMatchObject(refused);
      await runtime.start(spec.name);
      await expect(world.factory.open([`${agent}-other`]).exec(spec.name, command, 20_000)).rejects.toMatchObject(
        refused,
      );
    });

    it('a container that was removed, is created and started anew under the same name', async () => {
      const name = await running(world.brief);
      await until(async () => (await runtime.inspect(name))?.state === 'exited');
      await runtime.remove(name);
      expect(await running(world.forever)).toBe(name);
      expect(await runtime.inspect(name)).toMatchObject({ state: 'running' });
    });

    it('a pod that is opened again, is where it was, and may be closed again and again', async () => {
      const { labels } = aContainerSpec(task, agent, world.forever);
      const spec = { name: podName(task, 1), labels, hostname: 'web-0' };
      const network = await runtime.openPod(spec);
      expect(await runtime.openPod(spec)).toEqual(network);
      expect(network.address).toMatch(/^[0-9.]+$/);
      expect(await runtime.list()).toEqual([]);
      expect(await world.factory.open([`${agent}-other`]).openPods()).toEqual([]);
      await runtime.closePod(spec.name);
      await runtime.closePod(spec.name);
      expect(await runtime.openPods()).toEqual([]);
    });

    it('ask, a container that does not run, is answered no', async () => {
      const question = { kind: 'tcpSocket', port: 1 } as const;
      expect(await runtime.ask(`${task}.1.app`, question, 1_000)).toMatchObject({ passed: false });
      const spec = aContainerSpec(task, agent, world.forever);
      await runtime.create(spec);
      expect(await runtime.ask(spec.name, question, 1_000)).toMatchObject({ passed: false });
    });

    it('each run of a container, has a name of its own beside the one before', async () => {
      const name = await running(world.brief);
      await until(async () => (await runtime.inspect(name))?.state === 'exited');
      const spec = aContainerSpec(task, agent, world.forever, { name: containerName(task, 1, 'app', 1) });
      await runtime.create(spec);
      await runtime.start(spec.name);
      expect(await runtime.inspect(spec.name)).toMatchObject({ state: 'running' });
      expect(await runtime.inspect(name)).toMatchObject({ state: 'exited', exitCode: 3 });
    });

    it('remove, a running container, leaves nothing and may be repeated', async () => {
      const name = await running(world.forever);
      await runtime.remove(name);
      await runtime.remove(name);
      expect(await runtime.inspect(name)).toBeUndefined();
      expect(await runtime.list()).toEqual([]);
    });
  });
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await condition()) return;
    await delay(25);
  }
  throw new Error('the condition did not come true within 10 s');
}
