import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type ECSClient, ExecuteCommandCommand, RunTaskCommand, waitUntilTasksRunning } from '@aws-sdk/client-ecs';
import Docker from 'dockerode';
import { afterAll, expect, it } from 'vitest';
import { BUSYBOX_IMAGE, busyboxImage } from '#test/support/busybox-image.ts';
import { awsCliMissing } from '#test/support/e2e-aws-cli.ts';
import { instancesThere, registerMain, waiting } from '#test/support/e2e-ecs.ts';
import { dockerMissing, runnable } from '#test/support/loud-skip.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';

const run = promisify(execFile);
const MAIN = path.join(import.meta.dirname, '..', '..', 'cli', 'main.ts');
const PLUGIN = path.join(import.meta.dirname, '..', 'support', 'session-plugin.mjs');
const FAMILY = `exec-${randomBytes(4).toString('hex')}`;
const missing = (await dockerMissing()) ?? (await busyboxImage(new Docker()));
const directories: string[] = [];

afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `berth exec` as a process of its own. */
function berthExec({ dataDir }: RunningStack, args: readonly string[], input?: Buffer | string): Promise<Said> {
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', MAIN];
  const child = spawn(node[0] ?? '', [...node.slice(1), 'exec', '--data-dir', dataDir, ...args]);
  child.stdin.end(input);
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => (said.stdout += data.toString('latin1')));
  child.stderr.on('data', (data: Buffer) => (said.stderr += data.toString('latin1')));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...said })));
}

async function runningTask(ecs: ECSClient, image: string, enableExecuteCommand = true): Promise<string> {
  await instancesThere(ecs, 1);
  await registerMain(ecs, FAMILY, { image });
  const { tasks } = await ecs.send(new RunTaskCommand({ taskDefinition: FAMILY, enableExecuteCommand }));
  const task = tasks?.[0]?.taskArn ?? '';
  await waitUntilTasksRunning(waiting(ecs), { tasks: [task] });
  return task;
}

/** What every runtime can do. */
async function commandsRun(stack: RunningStack, image: string): Promise<string> {
  const task = await runningTask(stack.ecs, image);
  const shell = (script: string) => berthExec(stack, [task, '--', 'sh', '-c', script]);
  expect(await shell('echo "out $((6 * 7))"; echo err >&2; exit 3')).toEqual({
    code: 3,
    stdout: 'out 42\n',
    stderr: 'err\n',
  });
  const bytes = randomBytes(300_000);
  const echoed = await berthExec(stack, [task, '--interactive', '--container', 'main', '--', 'cat'], bytes);
  expect(echoed.code).toBe(0);
  expect(Buffer.from(echoed.stdout, 'latin1').equals(bytes)).toBe(true);
  // Three at once share nothing.
  const many = await Promise.all(['one', 'two', 'three'].map((word) => shell(`sleep 0.3; echo ${word}`)));
  expect(many.map(({ stdout }) => stdout)).toEqual(['one\n', 'two\n', 'three\n']);
  const refused = await berthExec(stack, [task, '--container', 'other', '--', 'ls']);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("has no container 'other'") });
  return task;
}

it('berth exec, on the process runtime, runs commands with their streams and exit codes', {
  timeout: 120_000,
}, async () => {
  const stack = await startStack({ args: ['--runtime', 'process', '--time-scale', '0.2'] });
  const task = await commandsRun(stack, 'none');
  // The token works once: whoever takes part in the session keeps everybody else out.
  const { session } = await stack.ecs.send(new ExecuteCommandCommand({ task, command: 'cat', interactive: true }));
  const knock = async (url: string, token: string): Promise<string> => {
    const socket = new WebSocket(url);
    const said = Promise.withResolvers<string>();
    socket.addEventListener('open', () => socket.send(JSON.stringify({ TokenValue: token, BerthFraming: 'base64' })));
    socket.addEventListener('message', () => said.resolve('let in'));
    socket.addEventListener('error', () => said.resolve('refused'));
    socket.addEventListener('close', () => said.resolve('sent away'));
    return said.promise;
  };
  const { streamUrl = '', tokenValue = '' } = session ?? {};
  expect(await knock(streamUrl.replace(/ticket=.*/, 'ticket=x.y.z'), tokenValue)).toBe('refused');
  expect(await knock(streamUrl.replace(/\?.*/, ''), tokenValue)).toBe('refused');
  expect(await knock(streamUrl, `${tokenValue}x`)).toBe('sent away');
  expect(await knock(streamUrl, tokenValue)).toBe('let in');
  expect(await knock(streamUrl, tokenValue)).toBe('sent away');
  await stack.stop();
});

it.runIf(runnable('commands in containers', missing))(
  'berth exec and another client of the protocol, on Docker, run commands in the container',
  { timeout: 180_000 },
  async () => {
    const stack = await startStack({ args: ['--runtime', 'docker', '--time-scale', '0.2'] });
    const task = await commandsRun(stack, BUSYBOX_IMAGE);
    const inside = await berthExec(stack, [task, '--', 'cat', '/proc/1/cmdline']);
    expect(inside.stdout).toContain('sleep 3600');
    expect(await berthExec(stack, [task, '--', '/no/such/program'])).toMatchObject({
      code: expect.toBeOneOf([126, 127]),
    });

    const { session } = await stack.ecs.send(new ExecuteCommandCommand({ task, command: 'sh', interactive: true }));
    const typed = { TYPE: 'stty size; echo $((6 * 7)); exit\r' };
    const { stdout } = await run(process.execPath, [PLUGIN, JSON.stringify(session)], { env: typed, timeout: 60_000 });
    expect(stdout).toMatch(/^34 121\r$/m);
    expect(stdout).toMatch(/^42\r$/m);
    await stack.stop();
  },
);

it.runIf(runnable('aws ecs execute-command', missing ?? (await awsCliMissing())))(
  'aws ecs execute-command, on Docker with a plugin that speaks the data channel, opens a shell in a terminal',
  { timeout: 180_000 },
  async () => {
    const stack = await startStack({ args: ['--runtime', 'docker', '--time-scale', '0.2'] });
    const task = await runningTask(stack.ecs, BUSYBOX_IMAGE);
    const bin = mkdtempSync(path.join(tmpdir(), 'berth-plugin-'));
    directories.push(bin);
    const plugin = path.join(bin, 'session-manager-plugin');
    writeFileSync(plugin, `#!/bin/sh\nexec '${process.execPath}' '${PLUGIN}' "$@"\n`);
    chmodSync(plugin, 0o755);
    const asked = ['execute-command', '--task', task, '--container', 'main', '--interactive', '--command', 'sh'];
    const script = '. "$1" && shift && exec aws ecs "$@" --endpoint-url "$AWS_ENDPOINT_URL_ECS"';
    const { stdout } = await run('sh', ['-c', script, 'aws', path.join(stack.dataDir, 'env'), ...asked], {
      env: {
        PATH: `${bin}:${process.env.PATH}`,
        HOME: process.env.HOME,
        AWS_CONFIG_FILE: '/dev/null',
        AWS_PAGER: '',
        TYPE: 'stty size; exit\r',
      },
      timeout: 60_000,
    });
    expect(stdout).toMatch(/^34 121\r$/m);
    await stack.stop();
  },
);
