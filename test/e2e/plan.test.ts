import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { CreateServiceCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '#cli/render-plan.ts';
import { instancesThere, registerMain, untilStable } from '#test/support/e2e-ecs.ts';
import { sendRaw } from '#test/support/e2e-raw-request.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';

const BIN = path.join(import.meta.dirname, '..', '..', 'cli', 'bin.mjs');
const exec = promisify(execFile);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('berth plan', () => {
  let stack: RunningStack;
  let folder: string;

  const plan = async (command: string, input: object | string, ...more: readonly string[]): Promise<Ended> => {
    const file = path.join(folder, 'input.json');
    await writeFile(file, typeof input === 'string' ? input : JSON.stringify(input));
    const args = ['plan', command, '--cli-input-json', `file://${file}`, '--data-dir', stack.dataDir, ...more];
    return exec(process.execPath, [BIN, ...args], { timeout: 20_000 }).then(
      (said) => ({ code: 0, ...said }),
      (error: Ended) => error,
    );
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'berth-plan-'));
    const size = ['--agents', '2', '--agent-size', '1024,1024'];
    stack = await startStack({ args: ['--runtime', 'simulated', '--time-scale', '0.2', ...size] });
    await instancesThere(stack.ecs, 2);
    await registerMain(stack.ecs, 'web', { memory: 256 });
    await stack.ecs.send(new CreateServiceCommand({ serviceName: 'web', taskDefinition: 'web', desiredCount: 3 }));
    await untilStable(stack.ecs, 'web');
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('run-task, shows where tasks would go, which would wait, and starts none', async () => {
    const { code, stdout } = await plan('run-task', { taskDefinition: 'web', count: 8 });
    expect(code).toBe(0);
    expect(stdout).toContain('8 would start, 0 would stop now; nothing was changed');
    expect(stdout).toMatch(/would wait: RESOURCE:MEMORY on 2 of 2/);
    const { taskArns } = await stack.ecs.send(new ListTasksCommand({}));
    expect(taskArns).toHaveLength(3);
  });

  it('update-service, with --json, names the tasks that would stop', async () => {
    const { stdout } = await plan('update-service', { service: 'web', desiredCount: 1 }, '--json');
    const { starts, stops } = JSON.parse(stdout) as Plan;
    const { taskArns = [] } = await stack.ecs.send(new ListTasksCommand({}));
    expect(starts).toEqual([]);
    expect(stops).toHaveLength(2);
    expect(stops.every(({ taskArn }) => taskArns.includes(taskArn))).toBe(true);
  });

  it('a request ECS would refuse, is refused with its class', async () => {
    const refused = await plan('create-service', { serviceName: 'x', taskDefinition: 'absent', desiredCount: 1 });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('ClientException') });
  });

  it('a file that is no JSON, exits with 2 and names it', async () => {
    expect(await plan('run-task', '{')).toMatchObject({ code: 2, stderr: expect.stringContaining('is not JSON') });
  });

  it.each([
    '{"operation":"DeleteCluster"}',
    '{"operation":"RunTask","input":{"count":-1}}',
    '{"operation":"RunTask","input":3}',
  ])('body %s, is refused and nothing is run', async (body) => {
    const answer = await sendRaw(stack, { operation: '', target: 'Berth.Plan', body });
    expect(answer.status).toBe(400);
  });
});
