import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { CreateServiceCommand, RunTaskCommand, waitUntilServicesStable } from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ClusterStatus } from '#cli/read-status.ts';
import { instancesThere, registerMain, taskArns, taskThere, waiting } from '#test/support/e2e-ecs.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const BIN = path.join(import.meta.dirname, '..', '..', 'cli', 'bin.mjs');
const exec = promisify(execFile);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `berth status` the way a user's shell would; `env` is all it has besides the path. */
const status = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  exec(process.execPath, [BIN, 'status', ...args], { env: { PATH: process.env.PATH, ...env }, timeout: 20_000 }).then(
    (said) => ({ code: 0, ...said }),
    (error: Ended) => error,
  );

describe('berth status of a running stack', () => {
  let stack: RunningStack;

  beforeAll(async () => {
    const size = ['--agents', '2', '--agent-size', '1024,1024'];
    stack = await startStack({ args: ['--runtime', 'simulated', '--time-scale', '0.2', ...size] });
    const { ecs } = stack;
    await instancesThere(ecs, 2);
    await registerMain(ecs, 'web', { memory: 64 });
    await ecs.send(new CreateServiceCommand({ serviceName: 'web', taskDefinition: 'web', desiredCount: 3 }));
    await waitUntilServicesStable(waiting(ecs), { services: ['web'] });
    await registerMain(ecs, 'huge', { memory: 100_000 });
    const { tasks } = await ecs.send(new RunTaskCommand({ taskDefinition: 'huge' }));
    await taskThere(ecs, taskArns(tasks)[0] ?? '', ({ containers }) => containers?.[0]?.reason !== undefined);
  });

  it('as a table, shows the service, its tasks, the machines and why a task waits', async () => {
    // A service is steady once its tasks are healthy, which takes 40 s at the documented pace.
    const { value } = await waitUntil(
      'a steady service',
      () => status(['--data-dir', stack.dataDir]),
      (said) => said.stdout.includes('has reached a steady state'),
      { withinMs: 20_000 },
    );
    const { code, stdout } = value;
    expect(code).toBe(0);
    expect(stdout).toContain('cluster default');
    expect(stdout).toMatch(/^web\s+ACTIVE\s+3\s+3\s+0\s+\(service web\) has reached a steady state\./m);
    expect(stdout.match(/service:web\s+RUNNING\s+RUNNING/g)).toHaveLength(3);
    expect(stdout).toMatch(
      /family:huge\s+PROVISIONING\s+RUNNING\s+no container instance met .*RESOURCE:MEMORY on 2 of 2/,
    );
    expect(stdout.match(/ACTIVE\s+yes\s+\d\s+\d+ of 1024\s+\d+ of 1024 MiB/g)).toHaveLength(2);
  });

  it('with --json, is one document that a program can read', async () => {
    const { code, stdout } = await status(['--json', '--data-dir', stack.dataDir]);
    expect(code).toBe(0);
    const { endpoint, clusters } = JSON.parse(stdout) as { endpoint: string; clusters: readonly ClusterStatus[] };
    expect(endpoint).toBe(stack.endpoint);
    expect(clusters).toHaveLength(1);
    const [cluster] = clusters;
    expect(cluster).toMatchObject({
      cluster: 'default',
      services: [{ name: 'web', desired: 3, running: 3, pending: 0 }],
    });
    expect(cluster?.tasks.map(({ lastStatus }) => lastStatus).toSorted()).toEqual([
      'PROVISIONING',
      ...Array.from({ length: 3 }, () => 'RUNNING'),
    ]);
    const taken = cluster?.instances.map(({ cpu, memory }) => ({
      cpu: cpu.total - cpu.free,
      memory: memory.total - memory.free,
    }));
    const sum = (of: 'cpu' | 'memory') => taken?.reduce((total, amount) => total + amount[of], 0);
    expect({ cpu: sum('cpu'), memory: sum('memory') }).toEqual({ cpu: 3 * 16, memory: 3 * 64 });
  });

  it('without a directory, takes the address that the shell exports', async () => {
    const { code, stdout } = await status(['--json'], {
      AWS_ENDPOINT_URL_ECS: stack.endpoint,
      AWS_ACCESS_KEY_ID: stack.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: stack.credentials.secretAccessKey,
      AWS_REGION: 'us-east-1',
    });
    expect({ code, endpoint: (JSON.parse(stdout) as { endpoint: string }).endpoint }).toEqual({
      code: 0,
      endpoint: stack.endpoint,
    });
  });

  it('of a stack that is not there, or with a wrong key, says so and what to do, and ends with 1', async () => {
    const nowhere = await status(['--data-dir', path.join(stack.dataDir, 'nothing')]);
    expect(nowhere).toMatchObject({ code: 1, stdout: '' });
    expect(nowhere.stderr).toContain('no stack has run here');
    const wrong = await status([], {
      AWS_ENDPOINT_URL_ECS: stack.endpoint,
      AWS_ACCESS_KEY_ID: stack.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: 'wrong',
    });
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr).toContain('InvalidSignatureException');
    await stack.stop();
    const stopped = await status(['--data-dir', stack.dataDir]);
    expect(stopped).toMatchObject({ code: 1, stdout: '' });
    expect(stopped.stderr).toContain('no stack answers');
  });
});
