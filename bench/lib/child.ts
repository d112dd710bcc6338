import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** What a child answers to `usage`. */
export interface ProcessUsage {
  /** User and system time since the process began. */
  readonly cpuMs: number;
  /** Largest resident set so far. */
  readonly peakRssMib: number;
}

export interface Child<Ready> {
  readonly ready: Ready;
  usage(): Promise<ProcessUsage>;
  /** Asks the child to end and waits until it has. */
  stop(): Promise<void>;
}

const STOP_MS = 30_000;

/** Starts a module of this folder as a process of its own, so that its CPU time and memory are counted apart. */
export async function startChild<Ready>(module: URL, options: unknown): Promise<Child<Ready>> {
  // Standard output carries the table, so whatever a child says goes to standard error.
  const child = fork(module, [JSON.stringify(options)], { stdio: ['ignore', 2, 2, 'ipc'] });
  const ready = (await nextMessage(child)) as Ready;
  return {
    ready,
    usage: async () => {
      child.send('usage');
      return (await nextMessage(child)) as ProcessUsage;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.send('stop');
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(late);
    },
  };
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const gone = new AbortController();
  const onExit = (): void => gone.abort(new Error(`a child process ended with code ${child.exitCode}`));
  child.once('exit', onExit);
  try {
    const [message] = await once(child, 'message', { signal: gone.signal });
    return message;
  } catch (error) {
    throw gone.signal.aborted ? gone.signal.reason : error;
  } finally {
    child.off('exit', onExit);
  }
}
