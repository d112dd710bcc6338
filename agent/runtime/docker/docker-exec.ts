import type Docker from 'dockerode';
import type { Timers } from '../../ports.ts';
import type { ExecOutcome } from '../port.ts';
import { RuntimeFault } from '../runtime-fault.ts';
import { engineCall, statusOf } from './engine-call.ts';

const ASK_MS = 30_000;
/** What a shell says of a program it cannot find. */
const NOT_RUNNABLE = 127;

/** Runs commands in containers of an engine, which has no way to end one that hangs: the next one waits for it. */
export class DockerExec {
  readonly #docker: Docker;
  readonly #timers: Timers;
  /** By container: the command that did not end in time. */
  readonly #hanging = new Map<string, Docker.Exec>();

  constructor(docker: Docker, timers: Timers) {
    this.#docker = docker;
    this.#timers = timers;
  }

  async run(runtimeId: string, command: readonly string[], timeoutMs: number): Promise<ExecOutcome> {
    if (await this.#hangs(runtimeId)) return { kind: 'timeout' };
    const exec = await this.#call(() =>
      this.#docker.getContainer(runtimeId).exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true }),
    );
    const isOver = await this.#watch(exec, timeoutMs);
    if (isOver === 'refused') return { kind: 'exited', exitCode: NOT_RUNNABLE };
    if (!isOver) {
      this.#hanging.set(runtimeId, exec);
      return { kind: 'timeout' };
    }
    const { ExitCode } = await this.#call(() => exec.inspect());
    return { kind: 'exited', exitCode: ExitCode ?? NOT_RUNNABLE };
  }

  /** True once its output has ended. */
  async #watch(exec: Docker.Exec, timeoutMs: number): Promise<boolean | 'refused'> {
    const late = Promise.withResolvers<boolean>();
    const cancel = this.#timers.after(timeoutMs, () => late.resolve(false));
    try {
      const output = await Promise.race([exec.start({}), late.promise]);
      if (typeof output === 'boolean') return false;
      const ended = new Promise<boolean>((resolve) => {
        output.once('close', () => resolve(true));
        output.once('end', () => resolve(true));
        // A connection that breaks off ends here, too; whether the command is over is asked afterwards.
        output.once('error', () => resolve(true));
      });
      output.resume();
      const isOver = await Promise.race([ended, late.promise]);
      if (!isOver) output.destroy();
      return isOver;
    } catch (error) {
      // 400: the program is not there or may not be run. Anything else says nothing about the container.
      if (statusOf(error) === 400) return 'refused';
      throw new RuntimeFault('CannotInspectContainerError', 'the command was not started', { cause: error });
    } finally {
      cancel();
    }
  }

  async #hangs(runtimeId: string): Promise<boolean> {
    const exec = this.#hanging.get(runtimeId);
    if (!exec) return false;
    const isRunning = await this.#call(async () => (await exec.inspect()).Running);
    if (!isRunning) this.#hanging.delete(runtimeId);
    return isRunning;
  }

  #call<T>(call: () => Promise<T>): Promise<T> {
    return engineCall(this.#timers, 'CannotInspectContainerError', ASK_MS, call);
  }
}
