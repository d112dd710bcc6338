import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContainerRuntime, LogsWanted, OutputChunk, RunningCommand, RuntimeFactory } from '#agent/runtime/port.ts';
import type { ContainerDefinition } from '#core/model/task-definition.ts';
import { aContainerSpec } from '#test/support/agent-specs.ts';

export interface StreamsUnderTest {
  readonly factory: RuntimeFactory;
  /** Writes the lines first, second and third, and runs until it is stopped. */
  readonly chatty: ContainerDefinition;
  /** Writes the same and ends. */
  readonly terse: ContainerDefinition;
}

const ALL: LogsWanted = { follow: false, timestamps: false };

/** What sessions rely on, whatever runs the containers: commands with their streams in hand, and what was written. */
export function containerStreamsContract(name: string, make: () => Promise<StreamsUnderTest>): void {
  describe(`container streams contract, ${name}`, () => {
    let world: StreamsUnderTest;
    let agent: string;
    let runtime: ContainerRuntime;

    beforeEach(async () => {
      world = await make();
      agent = `i-${randomBytes(6).toString('hex')}`;
      runtime = world.factory.open([agent]);
    });

    afterEach(async () => {
      for (const info of await runtime.list()) await runtime.remove(info.name);
    });

    const running = async (definition: ContainerDefinition): Promise<string> => {
      const spec = aContainerSpec(randomBytes(16).toString('hex'), agent, definition);
      await runtime.create(spec);
      await runtime.start(spec.name);
      return spec.name;
    };
    const open = async (command: readonly string[]): Promise<RunningCommand> =>
      runtime.open(await running(world.chatty), { command, terminal: false });
    const logs = (container: string, wanted: Partial<LogsWanted> = {}, signal = new AbortController().signal) =>
      runtime.logs(container, { ...ALL, ...wanted }, signal);

    it('open, a command that writes and ends, gives its output and its exit code', async () => {
      const command = await open(['echo', 'hello', 'there']);
      expect(await textOf(command.output)).toBe('hello there\n');
      expect(await command.exitCode()).toBe(0);
    });

    it('open, a command that fails, tells its exit code', async () => {
      const command = await open(['/bin/sh', '-c', 'exit 4']);
      await textOf(command.output);
      expect(await command.exitCode()).toBe(4);
    });

    it('open, a command that reads, gets every byte of its input and its end', async () => {
      const command = await open(['cat']);
      const text = textOf(command.output);
      const sent = Array.from({ length: 200 }, (_, number) => `line ${number} ${'x'.repeat(500)}\n`);
      for (const line of sent) await command.write(Buffer.from(line));
      command.endInput();
      expect(await text).toBe(sent.join(''));
      expect(await command.exitCode()).toBe(0);
    });

    it('kill, a command that runs for ever, ends it and leaves the container alone', async () => {
      const container = await running(world.chatty);
      const command = await runtime.open(container, { command: ['sleep', '600'], terminal: false });
      const text = textOf(command.output);
      await delay(100);
      await command.kill();
      await command.kill();
      expect(await text).toBe('');
      expect(await command.exitCode()).toBe(137);
      expect(await runtime.inspect(container)).toMatchObject({ state: 'running' });
    });

    it('open, in a container that does not run or is not ours, fails', async () => {
      const spec = aContainerSpec(randomBytes(16).toString('hex'), agent, world.chatty);
      await runtime.create(spec);
      const asked = { command: ['echo'], terminal: false };
      const refused = { code: 'CannotInspectContainerError' };
      await expect(runtime.open(spec.name, asked)).rejects.toMatchObject(refused);
      await runtime.start(spec.name);
      await expect(world.factory.open([`${agent}-other`]).open(spec.name, asked)).rejects.toMatchObject(refused);
    });

    it('logs, of a container that runs or has ended, are what it wrote', async () => {
      const chatty = await running(world.chatty);
      await until(async () => (await textOf(logs(chatty))) === 'first\nsecond\nthird\n');
      const terse = await running(world.terse);
      await until(async () => (await runtime.inspect(terse))?.state === 'exited');
      expect(await textOf(logs(terse))).toBe('first\nsecond\nthird\n');
    });

    it('logs, of the newest lines, leave the others out', async () => {
      const name = await running(world.chatty);
      await until(async () => (await textOf(logs(name))).endsWith('third\n'));
      expect(await textOf(logs(name, { tail: 2 }))).toBe('second\nthird\n');
      expect(await textOf(logs(name, { tail: 0 }))).toBe('');
      expect(await textOf(logs(name, { tail: 90 }))).toBe('first\nsecond\nthird\n');
    });

    it('logs, followed, go on until the container is over', async () => {
      const name = await running(world.chatty);
      const text = textOf(logs(name, { follow: true }));
      let isOver = false;
      void text.then(() => {
        isOver = true;
      });
      await delay(400);
      expect(isOver).toBe(false);
      await runtime.stop(name, 0);
      expect(await text).toMatch(/^first\nsecond\nthird\n/);
    });

    it('logs, followed, end when the reader goes away', async () => {
      const gone = new AbortController();
      const name = await running(world.chatty);
      const text = textOf(logs(name, { follow: true }, gone.signal));
      await delay(400);
      gone.abort();
      expect(await text).toBe('first\nsecond\nthird\n');
      expect(await runtime.inspect(name)).toMatchObject({ state: 'running' });
    });

    it('logs, of a container that is not there or not ours, fail', async () => {
      const name = await running(world.chatty);
      const refused = { code: 'CannotInspectContainerError' };
      const read = async (from: ContainerRuntime, of: string) =>
        textOf(from.logs(of, ALL, new AbortController().signal));
      await expect(read(runtime, `${name}-other`)).rejects.toMatchObject(refused);
      await expect(read(world.factory.open([`${agent}-other`]), name)).rejects.toMatchObject(refused);
    });
  });
}

async function textOf(output: AsyncIterable<OutputChunk>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const { data } of output) pieces.push(data);
  return Buffer.concat(pieces).toString('utf8');
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await condition()) return;
    await delay(25);
  }
  throw new Error('the condition did not come true within 10 s');
}
