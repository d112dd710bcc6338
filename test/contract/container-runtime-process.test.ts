import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeTimers } from '#agent/node-clock.ts';
import { boundFile } from '#agent/runtime/process/process-logs.ts';
import { processRuntime } from '#agent/runtime/process/process-runtime.ts';
import type { ContainerDefinition } from '#core/model/task-definition.ts';
import { silentLog } from '#test/support/agent-silent-log.ts';
import { aContainerSpec } from '#test/support/agent-specs.ts';
import { containerRuntimeContract } from './container-runtime.case.ts';
import { containerStreamsContract } from './container-streams.case.ts';

const root = mkdtempSync(join(tmpdir(), 'berth-processes-'));
const factory = () =>
  processRuntime({ root, timers: nodeTimers, log: silentLog, path: '/usr/bin:/bin', address: '127.0.0.1' });
const shell = (script: string): ContainerDefinition => ({
  name: 'app',
  image: '-',
  command: ['/bin/sh', '-c', script],
});

/** A zombie has ended; when it vanishes is its new parent's business. */
const isThere = (pid: number): boolean =>
  existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

afterAll(() => rmSync(root, { recursive: true, force: true }));

containerRuntimeContract('process', async () => ({
  factory: factory(),
  forever: shell('exec sleep 600'),
  brief: shell('exit 3'),
  stubborn: shell("trap '' TERM; while :; do sleep 0.1; done"),
  broken: { name: 'app', image: '-', command: ['/no/such/file'] },
}));

containerStreamsContract('process', async () => ({
  factory: factory(),
  chatty: shell('echo first; echo second; echo third; exec sleep 600'),
  terse: shell('echo first; echo second; echo third'),
}));

describe('process runtime', () => {
  it('the file of what a process writes, is cut to its newer half, and the process writes on behind it', async () => {
    const path = join(mkdtempSync(join(root, '.bounded-')), 'output.log');
    const lines = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, number) => `line ${String(from + number).padStart(5, '0')}\n`).join('');
    writeFileSync(path, lines(0, 100));
    await boundFile(path, 1_000);
    expect(readFileSync(path, 'utf8')).toBe(lines(0, 100));
    appendFileSync(path, lines(100, 200));
    await boundFile(path, 1_000);
    appendFileSync(path, 'more\n');
    expect(readFileSync(path, 'utf8')).toBe(`${lines(110, 200)}more\n`);
  });

  it('logs with times, are refused: nobody wrote them down', async () => {
    const runtime = factory().open(['i-times']);
    const spec = aContainerSpec('times', 'i-times', shell('echo hello'));
    await runtime.create(spec);
    const reading = runtime.logs(spec.name, { follow: false, timestamps: true }, new AbortController().signal);
    await expect(reading[Symbol.asyncIterator]().next()).rejects.toThrow(/does not know when/);
    await runtime.remove(spec.name);
  });

  it('a new runtime over the same files, as after an agent restart, finds process and exit code', async () => {
    const spec = aContainerSpec('restart', 'i-restart', shell('sleep 0.3; exit 5'));
    const before = factory().open(['i-restart']);
    await before.create(spec);
    await before.start(spec.name);
    const after = factory().open(['i-restart']);
    expect(await after.inspect(spec.name)).toMatchObject({ state: 'running' });
    const exited = Promise.withResolvers<string>();
    const unwatch = after.watch(exited.resolve);
    await expect(exited.promise).resolves.toBe('restart');
    expect(await after.inspect(spec.name)).toMatchObject({ state: 'exited', exitCode: 5 });
    unwatch();
    await after.remove(spec.name);
  });

  it('a stop at the very moment the command begins, reaches it every time', async () => {
    const runtime = factory().open(['i-quick']);
    const stopOne = async (round: number): Promise<number> => {
      const spec = aContainerSpec(`quick-${round}`, 'i-quick', shell('exec sleep 600'));
      await runtime.create(spec);
      await runtime.start(spec.name);
      const startedAt = performance.now();
      await runtime.stop(spec.name, 30);
      const took = performance.now() - startedAt;
      await runtime.remove(spec.name);
      return took;
    };
    const took = await Promise.all(Array.from({ length: 60 }, (_, round) => stopOne(round)));
    expect(Math.max(...took)).toBeLessThan(20_000);
  });

  it('a command that ends, takes what it left in the background with it', async () => {
    const runtime = factory().open(['i-left']);
    const spec = aContainerSpec('left', 'i-left', shell('sleep 601 & echo $! > "$MARK"; exit 4'));
    const mark = join(root, '.mark');
    await runtime.create({ ...spec, definition: { ...spec.definition, environment: [{ name: 'MARK', value: mark }] } });
    await runtime.start(spec.name);
    await expect.poll(async () => (await runtime.inspect(spec.name))?.exitCode).toBe(4);
    const left = Number(readFileSync(mark, 'utf8'));
    await expect.poll(() => isThere(left)).toBe(false);
  });

  it('two processes start the same task at the same moment, it runs once', async () => {
    const spec = aContainerSpec('twice', 'i-twice', shell('echo run >> "$MARK"; exec sleep 600'));
    const mark = join(root, '.runs');
    const runtimes = Array.from({ length: 8 }, () => factory().open(['i-twice']));
    const [first] = runtimes;
    const environment = [{ name: 'MARK', value: mark }];
    await first?.create({ ...spec, definition: { ...spec.definition, environment } });
    await Promise.allSettled(runtimes.map((runtime) => runtime.start(spec.name)));
    await expect.poll(() => existsSync(mark)).toBe(true);
    await pause(500);
    expect(readFileSync(mark, 'utf8')).toBe('run\n');
    await first?.remove(spec.name);
  });

  it('a removal at the very moment of the start, leaves no process behind', async () => {
    const runtime = factory().open(['i-race']);
    const mark = join(root, '.raced');
    const startAndRemove = async (round: number): Promise<void> => {
      const spec = aContainerSpec(`race-${round}`, 'i-race', shell('echo $$ >> "$MARK"; exec sleep 600'));
      const environment = [{ name: 'MARK', value: mark }];
      await runtime.create({ ...spec, definition: { ...spec.definition, environment } });
      // Whether it got as far as starting is what varies from round to round.
      const started = runtime.start(spec.name).catch(() => undefined);
      await pause(round % 12);
      await runtime.remove(spec.name);
      await started;
      await runtime.remove(spec.name);
    };
    for (let round = 0; round < 48; round += 4) {
      await Promise.all([0, 1, 2, 3].map((offset) => startAndRemove(round + offset)));
    }
    await pause(500);
    const pids = existsSync(mark) ? readFileSync(mark, 'utf8').trim().split('\n').map(Number) : [];
    expect(pids.filter(isThere)).toEqual([]);
    expect(await runtime.list()).toEqual([]);
  });

  it('a program that is not on the machine, exits as a shell says it', async () => {
    const runtime = factory().open(['i-missing']);
    const spec = aContainerSpec('missing', 'i-missing', shell('exec sleep 600'));
    await runtime.create(spec);
    await runtime.start(spec.name);
    const outcome = await runtime.exec(spec.name, ['/no/such/file'], 20_000);
    await runtime.remove(spec.name);
    expect(outcome).toEqual({ kind: 'exited', exitCode: 127 });
  });

  it('a command that hangs, goes with everything it has started', async () => {
    const runtime = factory().open(['i-hang']);
    const mark = join(root, '.hanging');
    const environment = [{ name: 'MARK', value: mark }];
    const spec = aContainerSpec('hang', 'i-hang', { ...shell('exec sleep 600'), environment });
    await runtime.create(spec);
    await runtime.start(spec.name);
    await runtime.exec(spec.name, ['/bin/sh', '-c', 'sleep 602 & echo $! > "$MARK"; wait'], 1_000);
    const left = Number(readFileSync(mark, 'utf8'));
    await expect.poll(() => isThere(left)).toBe(false);
    await runtime.remove(spec.name);
  });

  it('a task without a command, is refused with the reason', async () => {
    const spec = aContainerSpec('empty', 'i-empty', { name: 'app', image: 'nginx' });
    await expect(factory().open(['i-empty']).create(spec)).rejects.toThrow('needs a command');
  });
});
