import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { CreateServiceCommand, RunTaskCommand } from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ServiceExplanation, TaskExplanation } from '#cli/explanation.ts';
import { instancesThere, registerMain, taskArns } from '#test/support/e2e-ecs.ts';
import { sendRaw } from '#test/support/e2e-raw-request.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const BIN = path.join(import.meta.dirname, '..', '..', 'cli', 'bin.mjs');
const exec = promisify(execFile);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('berth explain', () => {
  let stack: RunningStack;
  let waiting: string;

  const explain = (...args: readonly string[]): Promise<Ended> =>
    exec(process.execPath, [BIN, 'explain', ...args, '--data-dir', stack.dataDir], { timeout: 20_000 }).then(
      (said) => ({ code: 0, ...said }),
      (error: Ended) => error,
    );

  beforeAll(async () => {
    const size = ['--agents', '2', '--agent-size', '1024,1024'];
    stack = await startStack({ args: ['--runtime', 'simulated', '--time-scale', '0.2', ...size] });
    await instancesThere(stack.ecs, 2);
    await registerMain(stack.ecs, 'huge', { memory: 100_000 });
    const { tasks } = await stack.ecs.send(new RunTaskCommand({ taskDefinition: 'huge' }));
    waiting = taskArns(tasks)[0] ?? '';
    await stack.ecs.send(new CreateServiceCommand({ serviceName: 'web', taskDefinition: 'huge', desiredCount: 1 }));
    await waitUntil(
      'the service has a task that waits',
      async () => JSON.parse((await explain('service', 'web', '--json')).stdout) as ServiceExplanation,
      ({ tasks }) => tasks.length === 1,
      { withinMs: 10_000 },
    );
  });

  it('a task without room, names each instance, the reason, the amounts and the fix', async () => {
    const { code, stdout } = await explain('task', waiting);
    expect(code).toBe(0);
    expect(stdout).toContain('RESOURCE:MEMORY on 2 of 2');
    expect(stdout.match(/^[0-9a-f]{8}\s+RESOURCE:MEMORY\s+100000\s+1024$/gm)).toHaveLength(2);
    expect(stdout).toContain('fix: No instance is large enough');
  });

  it('with --json, lists a machine-readable reason for each instance', async () => {
    const { stdout } = await explain('task', waiting, '--json');
    const { state, placement } = JSON.parse(stdout) as TaskExplanation;
    expect(state).toBe('waiting');
    expect(placement?.rejections.map(({ reason }) => reason)).toEqual(['RESOURCE:MEMORY', 'RESOURCE:MEMORY']);
  });

  it('a service, explains the tasks that it misses', async () => {
    const { stdout } = await explain('service', 'web');
    expect(stdout).toContain('service web is ACTIVE: 0 of 1 run');
    expect(stdout).toContain('RESOURCE:MEMORY on 2 of 2');
  });

  it('an unknown service or task, exits with 1 and says which class refused it', async () => {
    expect(await explain('service', 'absent')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ServiceNotFoundException'),
    });
    expect(await explain('task', 'f'.repeat(32))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('InvalidParameterException'),
    });
  });

  it.each([
    ['{}', 'InvalidParameterException'],
    ['{"task":1}', 'SerializationException'],
    ['{"task":"a","service":"b"}', 'InvalidParameterException'],
    ['{"service":"web","surprise":true}', 'InvalidParameterException'],
  ])('body %s, is answered as every operation answers it', async (body, type) => {
    const answer = await sendRaw(stack, { operation: '', target: 'Berth.Explain', body });
    expect(answer.type.split('#').at(-1)).toBe(type);
    expect(answer.status).toBeLessThan(500);
  });

  it('an unsigned request, learns nothing', async () => {
    const answer = await sendRaw(stack, {
      operation: '',
      target: 'Berth.Explain',
      body: '{"service":"web"}',
      tamper: (signed) => ({ ...signed, headers: { ...signed.headers, authorization: '' } }),
    });
    expect(answer.status).toBe(403);
  });
});
