import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import type { OpenCommand, OutputChunk, RunningCommand } from '../port.ts';
import type { ExecSetting } from './process-exec.ts';

const NOT_RUNNABLE = 127;
const KILLED = 137;
const CARRIAGE_RETURN = 13;
const NEWLINE = 10;

/**
 * Starts a command beside a process, with its streams in hand. There is no terminal: who asked for one gets plain streams,
 * and the return key of its keyboard ends a line, as a terminal would have it.
 */
export function openProcessCommand(
  { command: [program = '', ...rest], terminal }: OpenCommand,
  { env, workingDirectory }: Omit<ExecSetting, 'timers'>,
): RunningCommand {
  const child = spawn(program, rest, {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env,
    ...(workingDirectory ? { cwd: workingDirectory } : {}),
  });
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => resolve(NOT_RUNNABLE));
    child.once('exit', (code) => resolve(code ?? KILLED));
  });
  // A command that ends does not read what is still written to it.
  child.stdin.on('error', () => {});
  return {
    output: merged(child.stdout, child.stderr, ended),
    write: async (data) => {
      if (!child.stdin.writable) return;
      const bytes = terminal ? data.map((byte) => (byte === CARRIAGE_RETURN ? NEWLINE : byte)) : data;
      if (!child.stdin.write(bytes)) await Promise.race([once(child.stdin, 'drain'), ended]);
    },
    endInput: () => {
      child.stdin.end();
    },
    resize: async () => {},
    kill: async () => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      // Its own group, so that a shell's children go with it.
      process.kill(-child.pid, 'SIGKILL');
    },
    exitCode: () => ended,
  };
}

/** Both streams in the order they are read, until the command is over; what its children write later is nobody's. */
async function* merged(stdout: Readable, stderr: Readable, ended: Promise<number>): AsyncGenerator<OutputChunk> {
  const both = new PassThrough({ objectMode: true, readableHighWaterMark: 4, writableHighWaterMark: 4 });
  const pump = async (source: Readable, stream: OutputChunk['stream']): Promise<void> => {
    for await (const data of source) {
      if (!both.write({ stream, data })) await Promise.race([once(both, 'drain'), once(both, 'close')]);
      if (both.destroyed) return;
    }
  };
  void Promise.allSettled([pump(stdout, 'stdout'), pump(stderr, 'stderr'), ended]).then(() => both.end());
  yield* both as AsyncIterable<OutputChunk>;
}
