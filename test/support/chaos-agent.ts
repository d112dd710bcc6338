import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { afterAll } from 'vitest';
import { endTaskProcesses } from './chaos-processes.ts';
import type { RunningStack } from './running-stack.ts';

const MAIN = path.join(import.meta.dirname, '..', '..', 'cli', 'main.ts');

export interface JoinedAgentOptions {
  /** Below the stack's data directory, so that what is left behind goes with it. */
  readonly name: string;
  readonly runtime: 'docker' | 'process' | 'simulated';
  readonly timeScale: number;
}

/** An agent that the test itself started, as an operator would on a machine of their own. */
export interface JoinedAgent {
  readonly stateDir: string;
  /** SIGSTOP and SIGCONT: it stands still, and its containers do not. */
  freeze(): void;
  thaw(): void;
  /** kill -9: no goodbye, and its containers stay. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const joined: JoinedAgent[] = [];

// Registered for every file that joins agents, so that a failed test cannot leave processes behind.
afterAll(async () => {
  for (const { kill, stateDir } of joined) {
    await kill();
    endTaskProcesses(stateDir);
  }
});

/** Joins one more machine to the stack's default cluster; started again under the same name it is the same machine. */
export function joinAgent(stack: RunningStack, { name, runtime, timeScale }: JoinedAgentOptions): JoinedAgent {
  const directory = path.join(stack.dataDir, 'joined', name);
  const stateDir = path.join(directory, 'state');
  mkdirSync(stateDir, { recursive: true });
  const log = openSync(path.join(directory, 'agent.log'), 'a');
  const child = spawn(
    process.execPath,
    [
      ...['--disable-warning=ExperimentalWarning', MAIN, 'agent'],
      ...['--endpoint', stack.endpoint, '--join', `@${path.join(stack.dataDir, 'join-token')}`],
      ...['--data-dir', stateDir, '--runtime', runtime, '--hostname', name],
      ...['--cpu', '4096', '--memory', '4096', '--time-scale', String(timeScale)],
    ],
    { stdio: ['ignore', log, log] },
  );
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  const agent = {
    stateDir,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
  joined.push(agent);
  return agent;
}
