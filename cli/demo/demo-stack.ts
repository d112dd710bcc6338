import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ListClustersCommand } from '@aws-sdk/client-ecs';
import { CommandError } from '../errors.ts';
import { findStack, type StackAddress } from '../stack-address.ts';
import { stackClient } from '../stack-client.ts';
import { freePort } from './free-port.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const POLL_MS = 100;
const STOP_MS = 10_000;

export interface DemoStack {
  readonly address: StackAddress;
  /** Stops the stack and its agents, and waits for them. */
  stop(): Promise<void>;
}

/** Starts a whole stack as its own process, the way `npm start` does, with its data under `workDir`. */
export async function startDemoStack(
  workDir: string,
  runtime: 'docker' | 'process',
  giveUp: AbortSignal,
): Promise<DemoStack> {
  const dataDir = path.join(workDir, 'data');
  const log = path.join(workDir, 'stack.log');
  const port = String(await freePort());
  const options = ['--port', port, '--data-dir', dataDir, '--runtime', runtime, '--time-scale', '0.2'];
  const child = spawn(process.execPath, [MAIN, 'up', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = createWriteStream(log);
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  const stop = () => endProcess(child);
  try {
    return { address: await firstAnswer(child, dataDir, log, giveUp), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function firstAnswer(
  child: ChildProcess,
  dataDir: string,
  log: string,
  giveUp: AbortSignal,
): Promise<StackAddress> {
  for (;;) {
    giveUp.throwIfAborted();
    if (child.exitCode !== null) {
      const said = (await readFile(log, 'utf8')).trim().split('\n').slice(-15).join('\n');
      throw new CommandError(`the stack ended with code ${child.exitCode} before it answered:\n${said}`);
    }
    const address = await answering(dataDir);
    if (address !== undefined) return address;
    await wait(POLL_MS, undefined, { signal: giveUp });
  }
}

/** Undefined until the stack has written where it is and answers there. */
async function answering(dataDir: string): Promise<StackAddress | undefined> {
  try {
    const address = findStack(dataDir, {});
    const client = stackClient(address);
    await client.send(new ListClustersCommand({})).finally(() => client.destroy());
    return address;
  } catch {
    // Not there yet looks like many things: no file, no listener, no answer. The deadline ends the waiting.
    return undefined;
  }
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(late);
}
