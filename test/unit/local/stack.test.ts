import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateClusterCommand, ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '#control/ports.ts';
import { startStack } from '#local/stack.ts';
import type { Stack, StackOptions } from '#local/stack-options.ts';

const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describe('stack', () => {
  let dataDir: string;
  const stacks: Stack[] = [];

  const start = async (options: Partial<StackOptions> = {}): Promise<Stack> => {
    const stack = await startStack({ port: 0, dataDir, agents: 0, runtime: 'simulated', log, ...options });
    stacks.push(stack);
    return stack;
  };
  const client = ({ endpoint, accessKeyId, secretAccessKey }: Stack): ECSClient =>
    new ECSClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey } });
  const clusterNames = async (stack: Stack): Promise<string[]> => {
    const { clusterArns = [] } = await client(stack).send(new ListClustersCommand({}));
    return clusterArns.map((arn) => arn.split('/')[1] ?? '').sort();
  };

  beforeEach(() => {
    dataDir = mkdtempSync(path.join(tmpdir(), 'berth-stack-'));
  });

  afterEach(async () => {
    await Promise.all(stacks.splice(0).map((stack) => stack.stop()));
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('on any free port, answers a signed request of the real client and has the default cluster', async () => {
    const stack = await start();
    expect((await fetch(`${stack.endpoint}/_local/health`)).status).toBe(200);
    expect(await clusterNames(stack)).toEqual(['default']);
  });

  it('started again, keeps its state and its keys', async () => {
    const first = await start();
    await client(first).send(new CreateClusterCommand({ clusterName: 'mine' }));
    await first.stop();
    const second = await start();
    expect(second.accessKeyId).toBe(first.accessKeyId);
    expect(await clusterNames(second)).toEqual(['default', 'mine']);
  });

  it('started fresh or reset, forgets its state', async () => {
    const first = await start();
    await client(first).send(new CreateClusterCommand({ clusterName: 'mine' }));
    expect((await fetch(`${first.endpoint}/_local/reset`, { method: 'POST' })).status).toBe(200);
    expect(await clusterNames(first)).toEqual(['default']);
    await client(first).send(new CreateClusterCommand({ clusterName: 'mine' }));
    await first.stop();
    expect(await clusterNames(await start({ fresh: true }))).toEqual(['default']);
  });

  it('a second one on the same directory, is refused and leaves the first alone', async () => {
    const first = await start();
    await expect(start()).rejects.toThrow(/in use by process/);
    expect(await clusterNames(first)).toEqual(['default']);
  });

  it('a port that is taken, is refused and gives the directory back', async () => {
    const other = mkdtempSync(path.join(tmpdir(), 'berth-stack-'));
    const { port } = await start({ dataDir: other });
    await expect(start({ port })).rejects.toThrow(/--port/);
    await start();
    rmSync(other, { recursive: true, force: true });
  });
});
