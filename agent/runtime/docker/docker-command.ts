import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import type { Timers } from '../../ports.ts';
import type { OpenCommand, OutputChunk, RunningCommand } from '../port.ts';
import { RuntimeFault } from '../runtime-fault.ts';
import { engineCall, statusOf } from './engine-call.ts';
import { readFrames, readPlain } from './frames.ts';

const ASK_MS = 30_000;
const NOT_RUNNABLE = 127;
const KILLED = 137;

/** Starts a command in a container of an engine, with its streams in hand. */
export async function openCommand(
  docker: Docker,
  timers: Timers,
  runtimeId: string,
  { command, terminal }: OpenCommand,
): Promise<RunningCommand> {
  const ask = <T>(call: () => Promise<T>): Promise<T> =>
    engineCall(timers, 'CannotInspectContainerError', ASK_MS, call);
  const exec = await ask(() =>
    docker.getContainer(runtimeId).exec({
      Cmd: [...command],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: terminal,
      ...(terminal ? { Env: ['TERM=xterm-256color'] } : {}),
    }),
  );
  let socket: Duplex;
  try {
    socket = await ask(() => exec.start({ hijack: true, stdin: true, Tty: terminal }));
  } catch (error) {
    // 400: the program is not there or may not be run, as the engine of some versions says at once.
    if (error instanceof RuntimeFault && statusOf(error.cause) === 400) return neverRan(error.message);
    throw error;
  }
  return {
    output: quietly(terminal ? readPlain(socket) : readFrames(socket)),
    write: async (data) => {
      if (!socket.writable) return;
      if (!socket.write(data)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
    },
    endInput: () => {
      socket.end();
    },
    resize: async (columns, rows) => {
      if (terminal) await ask(() => exec.resize({ w: columns, h: rows }));
    },
    kill: async () => {
      const { Running, Pid } = await ask(() => exec.inspect());
      // The engine cannot end a command, and one that lost its streams may go on for ever.
      if (Running && Pid > 0) await killProcess(docker, runtimeId, Pid);
      socket.destroy();
    },
    exitCode: async () => {
      const { ExitCode, Running } = await ask(() => exec.inspect());
      return ExitCode ?? (Running ? KILLED : NOT_RUNNABLE);
    },
  };
}

/** A connection that breaks off ends the output; what became of the command is asked afterwards. */
async function* quietly(output: AsyncIterable<OutputChunk>): AsyncGenerator<OutputChunk> {
  try {
    yield* output;
  } catch {
    return;
  }
}

/** As seen from this machine; an engine elsewhere, or one we have no right over, is asked to do it in the container. */
async function killProcess(docker: Docker, runtimeId: string, pid: number): Promise<void> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const group = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  // Invariant: only what is in this very container; on another machine the number names something else.
  if (!group.includes(runtimeId)) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    const inside = /^NSpid:.*\s(\d+)$/m.exec(status)?.[1];
    if (inside === undefined) return;
    const kill = await docker.getContainer(runtimeId).exec({ Cmd: ['kill', '-9', inside], User: '0' });
    await kill.start({ Detach: true });
  }
}

const neverRan = (message: string): RunningCommand => ({
  output: (async function* () {
    yield { stream: 'stderr' as const, data: Buffer.from(`${message}\r\n`) };
  })(),
  write: async () => {},
  endInput: () => {},
  resize: async () => {},
  kill: async () => {},
  exitCode: async () => NOT_RUNNABLE,
});
