import { mkdtempSync, rmSync } from 'node:fs';
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

  it('a task without a command, is refused with the reason', async () => {
    const spec = aContainerSpec('empty', 'i-empty', { name: 'app', image: 'nginx' });
    await expect(factory().open(['i-empty']).create(spec)).rejects.toThrow('needs a command');
  });
});
