import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const MAIN = path.join(import.meta.dirname, '..', '..', '..', 'cli', 'main.ts');
const CLOCK = path.join(import.meta.dirname, 'skewed-clock.mjs');
const GRACE_MS = 15_000;

export interface SubprocessOptions {
  readonly name: string;
  /** Words after `berth`. */
  readonly args: readonly string[];
  /** Where its log and its clock file are kept. */
  readonly directory: string;
  /** What to start it through, such as another network namespace. */
  readonly through?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly onUnexpectedEnd: (story: string) => void;
}

/** One part of Berth as a process of its own, which can be killed, frozen and given another time of day. */
export class Subprocess {
  readonly #options: SubprocessOptions;
  readonly #clockFile: string;
  #child: ChildProcess | undefined;
  #isEndWanted = false;
  #clockOffset = 0;

  constructor(options: SubprocessOptions) {
    this.#options = options;
    this.#clockFile = path.join(options.directory, `${options.name}.clock`);
    this.setClock(0);
  }

  start(): void {
    const { name, args, directory, through = [], env, onUnexpectedEnd } = this.#options;
    const log = openSync(path.join(directory, `${name}.log`), 'a');
    const node = [process.execPath, '--disable-warning=ExperimentalWarning', '--import', CLOCK, MAIN, ...args];
    const [file = '', ...words] = [...through, ...node];
    this.#isEndWanted = false;
    const child = spawn(file, words, {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...env, NO_COLOR: '1', CHAOS_CLOCK_FILE: this.#clockFile },
    });
    closeSync(log);
    child.once('exit', (code, signal) => {
      if (!this.#isEndWanted && this.#child === child) onUnexpectedEnd(`${name} ended by itself: ${signal ?? code}`);
    });
    this.#child = child;
  }

  kill(): Promise<number | undefined> {
    return this.#end('SIGKILL');
  }

  /** Asks it to end as Ctrl-C does; answers its exit code, undefined when it had to be killed. */
  async stop(): Promise<number | undefined> {
    const late = setTimeout(() => void this.kill(), GRACE_MS);
    const code = await this.#end('SIGTERM');
    clearTimeout(late);
    return code;
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Sets the wall clock off by this many ms, at once and for later lives. */
  setClock(offsetMs: number): void {
    this.#clockOffset = offsetMs;
    writeFileSync(this.#clockFile, String(Math.round(offsetMs)));
  }

  get clockOffset(): number {
    return this.#clockOffset;
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | undefined> {
    const child = this.#child;
    if (!child) return undefined;
    this.#isEndWanted = true;
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    return child.exitCode ?? undefined;
  }
}
