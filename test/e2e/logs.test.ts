import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { RunTaskCommand, waitUntilTasksRunning } from '@aws-sdk/client-ecs';
import Docker from 'dockerode';
import { expect, it } from 'vitest';
import { BUSYBOX_IMAGE, busyboxImage } from '#test/support/busybox-image.ts';
import { instancesThere, registerMain, waiting } from '#test/support/e2e-ecs.ts';
import { kubectl, kubectlsFound } from '#test/support/e2e-kubectl.ts';
import { dockerMissing, runnable } from '#test/support/loud-skip.ts';
import { startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const run = promisify(execFile);
const MAIN = path.join(import.meta.dirname, '..', '..', 'cli', 'main.ts');
const missing = (await dockerMissing()) ?? (await busyboxImage(new Docker()));
const programs = await kubectlsFound();
const COUNTING = 'i=0; while :; do i=$((i+1)); echo line $i; sleep 0.3; done';

it.runIf(runnable('logs of containers', missing))(
  'berth logs, on Docker, prints what a container wrote, its newest lines, and what it writes',
  { timeout: 120_000 },
  async () => {
    const { ecs, dataDir, stop } = await startStack({ args: ['--runtime', 'docker', '--time-scale', '0.2'] });
    const family = `logs-${randomBytes(4).toString('hex')}`;
    await instancesThere(ecs, 1);
    await registerMain(ecs, family, { image: BUSYBOX_IMAGE, command: ['sh', '-c', COUNTING] });
    const { tasks } = await ecs.send(new RunTaskCommand({ taskDefinition: family }));
    const task = tasks?.[0]?.taskArn ?? '';
    await waitUntilTasksRunning(waiting(ecs), { tasks: [task] });
    const logs = (...args: readonly string[]) =>
      run(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', MAIN, 'logs', '--data-dir', dataDir, task, ...args],
        {
          timeout: 30_000,
        },
      ).then(({ stdout }) => stdout);
    const enough = (said: string) => said.includes('line 4\n');
    const { value } = await waitUntil('four lines', logs, enough, { withinMs: 30_000, everyMs: 300 });
    expect(value).toMatch(/^line 1\nline 2\nline 3\nline 4\n/);
    expect(await logs('--tail', '1')).toMatch(/^line \d+\n$/);
    expect(await logs('--tail', '1', '--timestamps')).toMatch(/^\d{4}-\d\d-\d\dT\S+Z line \d+\n$/);
    await expect(logs('--previous')).rejects.toMatchObject({ stderr: expect.stringContaining('not found') });
    await stop();
  },
);

it.runIf(runnable('kubectl logs', missing ?? (programs.length > 0 ? undefined : 'no kubectl on the PATH')))(
  'kubectl logs, on Docker, prints what a pod’s containers wrote, and what they write',
  { timeout: 180_000 },
  async () => {
    const stack = await startStack({ args: ['--runtime', 'docker', '--time-scale', '0.2'] });
    await instancesThere(stack.ecs, 1);
    const { run: ask, said, until } = kubectl(programs[0]?.program ?? 'kubectl', stack);
    const labels = '--labels=app=counting';
    const image = `--image=${BUSYBOX_IMAGE}`;
    await said(['run', 'counting', image, labels, '--', 'sh', '-c', COUNTING]);
    await said(['run', 'over', image, '--restart=Never', '--', 'sh', '-c', 'echo out; echo err >&2']);
    await said(['wait', '--for=condition=Ready', 'pod/counting', '--timeout=60s']);
    const early = await ask(['logs', 'nobody']);
    expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('pods "nobody" not found') });

    const ended = () => said(['get', 'pod', 'over', '-o', 'jsonpath={.status.phase}']);
    await waitUntil('the end of the other pod', ended, (phase) => phase === 'Succeeded', {
      withinMs: 60_000,
      everyMs: 300,
    });
    expect((await said(['logs', 'over'])).split('\n').sort()).toEqual(['', 'err', 'out']);

    expect(await said(['logs', 'counting', '--limit-bytes=10'])).toBe('line 1\nlin');
    expect(await said(['logs', 'counting', '--tail=2'])).toMatch(/^line \d+\nline \d+\n$/);
    expect(await said(['logs', 'counting', '--tail=1', '--timestamps', '--since=1h'])).toMatch(/^\S+T\S+Z line \d+\n$/);
    expect(await said(['logs', '-l', 'app=counting', '--tail=1'])).toMatch(/^line \d+\n$/);
    expect(await until(['logs', '-f', 'counting', '--tail=1'], (text) => text.split('\n').length > 4)).toMatch(
      /^(line \d+\n){4}/,
    );
    const previous = await ask(['logs', '-p', 'counting']);
    expect(previous.stderr).toContain('previous terminated container "counting" in pod "counting" not found');

    const upgraded = await ask(['exec', 'counting', '--', 'ls']);
    expect(upgraded).toMatchObject({ code: 1, stderr: expect.stringContaining('needs HTTP Upgrade') });
    const inside = await run(process.execPath, [
      MAIN,
      'exec',
      '--data-dir',
      stack.dataDir,
      'pod/counting',
      '--',
      'hostname',
    ]);
    expect(inside.stdout).toBe('counting\n');
    await stack.stop();
  },
);
