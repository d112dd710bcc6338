import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ECSClient } from '@aws-sdk/client-ecs';
import { afterAll } from 'vitest';
import { findStack } from '#cli/stack-address.ts';
import { removeLeftovers } from './e2e-leftovers.ts';
import { ecsClient } from './ecs-client.ts';

const MAIN = path.join(import.meta.dirname, '..', '..', 'cli', 'main.ts');
const START_MS = 60_000;
const STOP_MS = 20_000;
/** Fast and without side effects; a test that needs more says so. */
const DEFAULT_ARGS = ['--runtime', 'simulated', '--time-scale', '0.2'];

export interface RunningStackOptions {
  /** Options of `berth up` besides the port and the data directory. */
  readonly args?: readonly string[];
  /** Of an earlier stack, to start on what it left; a new temporary directory unless given. Removed in any case. */
  readonly dataDir?: string;
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A whole stack, control plane and agents, in processes of its own. */
export interface RunningStack {
  readonly endpoint: string;
  readonly dataDir: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly child: ChildProcess;
  readonly ecs: ECSClient;
  /** What the control plane has printed so far. */
  output(): string;
  /** Asks the stack to end the way Ctrl-C does. Throws unless it ends by itself, with exit code 0. */
  stop(): Promise<void>;
  /** Kills the control plane alone: its agents and their tasks run on. */
  kill(): Promise<void>;
}

const children = new Set<ChildProcess>();
const clients = new Set<ECSClient>();
const dataDirs = new Set<string>();

// Registered for every file that starts stacks, so that a failed test cannot leave processes behind.
afterAll(async () => {
  for (const client of clients) client.destroy();
  await Promise.all([...children].map((child) => end(child, 'SIGTERM')));
  for (const dataDir of dataDirs) await removeLeftovers(dataDir);
});

/** Starts `berth up` on a free port and waits until it says that it runs. */
export async function startStack(options: RunningStackOptions = {}): Promise<RunningStack> {
  const dataDir = options.dataDir ?? mkdtempSync(path.join(tmpdir(), 'berth-e2e-'));
  dataDirs.add(dataDir);
  const args = ['up', '--port', '0', '--data-dir', dataDir, ...(options.args ?? DEFAULT_ARGS)];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  children.add(child);
  const output = await untilRunning(child);
  // An empty environment: the address is this stack's own, whatever the shell of the tests exports.
  const address = findStack(dataDir, {});
  const { endpoint, accessKeyId, secretAccessKey } = address;
  const ecs = ecsClient(address);
  clients.add(ecs);
  return {
    endpoint,
    dataDir,
    credentials: { accessKeyId, secretAccessKey },
    child,
    ecs,
    output,
    stop: async () => {
      await end(child, 'SIGTERM');
      if (child.exitCode === 0) return;
      throw new Error(`the stack ended with ${child.exitCode ?? child.signalCode}:\n${output()}`);
    },
    kill: () => end(child, 'SIGKILL'),
  };
}

/** Resolves at the banner, which is the last thing a start does; rejects with what the stack said instead. */
function untilRunning(child: ChildProcess): Promise<() => string> {
  let said = '';
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`the stack ${why}:\n${said}`));
    const late = setTimeout(() => fail('did not start in time'), START_MS);
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      if (!said.includes('Berth is running.') || !said.includes('Ctrl-C stops')) return;
      clearTimeout(late);
      resolve(() => said);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(late);
      fail(`ended with ${code ?? signal} before it ran`);
    });
  });
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exited;
  clearTimeout(late);
}
