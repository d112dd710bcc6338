import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import type { ControlPlaneOptions, ControlPlaneReady } from '../control-plane-process.ts';
import type { FleetOptions } from '../fleet-process.ts';
import { type Child, type ProcessUsage, startChild } from './child.ts';

export interface BenchStack {
  /** A new client with connections of its own. */
  client(): ECSClient;
  controlPlane(): Promise<ProcessUsage>;
}

export interface BenchStackOptions extends Pick<ControlPlaneOptions, 'runtime'> {
  /** Agents that the stack starts itself, each a process. */
  readonly ownAgents?: number;
  /** Simulated agents, all in one further process. */
  readonly fleet?: Pick<FleetOptions, 'agents' | 'cpu' | 'memory'>;
}

/** A control plane in a process of its own, on a file store in a fresh directory, for the length of `use`. */
export async function withBenchStack<T>(
  { runtime, ownAgents = 0, fleet }: BenchStackOptions,
  use: (stack: BenchStack) => Promise<T>,
): Promise<T> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'berth-bench-'));
  const children: Child<unknown>[] = [];
  const clients: ECSClient[] = [];
  try {
    const options: ControlPlaneOptions = { dataDir, agents: ownAgents, runtime };
    const plane = await startChild<ControlPlaneReady>(new URL('../control-plane-process.ts', import.meta.url), options);
    children.push(plane);
    const { endpoint, ...credentials } = plane.ready;
    if (fleet) {
      const joinToken = readFileSync(path.join(dataDir, 'join-token'), 'utf8').trim();
      const wanted: FleetOptions = { ...fleet, endpoint, joinToken };
      children.push(await startChild(new URL('../fleet-process.ts', import.meta.url), wanted));
    }
    return await use({
      client: () => {
        const client = new ECSClient({ endpoint, region: 'us-east-1', credentials });
        clients.push(client);
        return client;
      },
      controlPlane: () => plane.usage(),
    });
  } finally {
    for (const client of clients) client.destroy();
    for (const child of children.reverse()) await child.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Registers the one-container task all launch benchmarks run. */
export async function registerBenchTask(client: ECSClient, image: string, command: readonly string[]): Promise<string> {
  const family = 'bench';
  await client.send(
    new RegisterTaskDefinitionCommand({
      family,
      containerDefinitions: [
        { name: 'main', image, command: [...command], cpu: 64, memory: 64, essential: true, stopTimeout: 2 },
      ],
    }),
  );
  return family;
}
