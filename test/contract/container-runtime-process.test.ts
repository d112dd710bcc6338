import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeTimers } from '#agent/node-clock.ts';
import { processRuntime } from '#agent/runtime/process/process-runtime.ts';
import type { ContainerDefinition } from '#core/model/task-definition.ts';
import { silentLog } from '#test/support/agent-silent-log.ts';
import { aContainerSpec } from '#test/support/agent-specs.ts';
import { containerRuntimeContract } from './container-runtime.case.ts';

const root = mkdtempSync(join(tmpdir(), 'berth-processes-'));
const factory = () => processRuntime({ root, timers: nodeTimers, log: silentLog, path: '/usr/bin:/bin' });
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

describe('process runtime', () => {
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
    const mark = join(root, 'mark');
    await runtime.create({ ...spec, definition: { ...spec.definition, environment: [{ name: 'MARK', value: mark }] } });
    await runtime.start(spec.name);
    await expect.poll(async () => (await runtime.inspect(spec.name))?.exitCode).toBe(4);
    const left = Number(readFileSync(mark, 'utf8'));
    await expect.poll(() => isThere(left)).toBe(false);
  });

  it('a task without a command, is refused with the reason', async () => {
    const spec = aContainerSpec('empty', 'i-empty', { name: 'app', image: 'nginx' });
    await expect(factory().open(['i-empty']).create(spec)).rejects.toThrow('needs a command');
  });
});
