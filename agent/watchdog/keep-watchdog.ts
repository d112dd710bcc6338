import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FencePorts } from '../fence.ts';
import { sleep, type Timers } from '../ports.ts';
import { claimHolder } from './claim.ts';
import { watchdogFiles } from './watchdog-files.ts';

export interface WatchdogOptions {
  readonly dataDir: string;
  readonly runtime: 'docker' | 'process';
  readonly timeScale: number;
}

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const POLL_MS = 20;
/** A process of Node on a busy machine; a watchdog that needs longer than this does not come. */
const START_POLLS = 500;

/** Starts the watchdog of a data directory when none runs. It outlives the agent, so the agent may find one. */
export function keepWatchdog(options: WatchdogOptions, timers: Timers): FencePorts['watchdog'] {
  const files = watchdogFiles(options.dataDir);
  const isRunning = async (): Promise<boolean> => (await claimHolder(files.claim)) !== undefined;
  let starting: Promise<void> | undefined;
  const start = async (): Promise<void> => {
    const exit = await startDetached(options, files.log);
    for (let poll = 0; poll < START_POLLS; poll += 1) {
      if (await isRunning()) return;
      const ended = exit();
      if (ended !== undefined) throw new Error(`it ended with ${ended}; see ${files.log}`);
      await sleep(timers, POLL_MS);
    }
    throw new Error(`it did not come up in time; see ${files.log}`);
  };
  return {
    ensure: async () => {
      if (await isRunning()) return;
      starting ??= start().finally(() => {
        starting = undefined;
      });
      await starting;
    },
  };
}

/** A session of its own, so that nothing that ends the agent ends the watchdog. Answers how to ask how it ended. */
async function startDetached(
  { dataDir, runtime, timeScale }: WatchdogOptions,
  logPath: string,
): Promise<() => string | number | undefined> {
  const log = await open(logPath, 'a', 0o600);
  try {
    const args = ['--data-dir', resolve(dataDir), '--runtime', runtime, '--time-scale', String(timeScale)];
    // The watchdog has no use for the secret that lets machines join.
    const { BERTH_JOIN_TOKEN: _token, ...env } = process.env;
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env,
    });
    let failure: string | undefined;
    child.once('error', (error) => {
      failure = error.message;
    });
    child.unref();
    return () => failure ?? child.exitCode ?? child.signalCode ?? undefined;
  } finally {
    await log.close();
  }
}
