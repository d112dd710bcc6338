import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ContainerDefinition } from '#core/model/task-definition.ts';
import { type AgentLog, type Cancel, messageOf, sleep, type Timers } from '../../ports.ts';
import { askNetwork } from '../network/ask-network.ts';
import type {
  ContainerInfo,
  ContainerRuntime,
  ContainerSpec,
  ExecOutcome,
  LogsWanted,
  NetworkAnswer,
  NetworkQuestion,
  OpenCommand,
  OutputChunk,
  PodNetwork,
  RunningCommand,
  RuntimeFactory,
} from '../port.ts';
import { asRuntimeFault, RuntimeFault } from '../runtime-fault.ts';
import { openProcessCommand } from './process-command.ts';
import { type ExecSetting, runCommand } from './process-exec.ts';
import { buryFiles, namesIn, type ProcessPaths, pathsOf, readSpec, removeFiles, writeSpec } from './process-files.ts';
import { boundFile, readProcessLogs } from './process-logs.ts';
import { processStatus } from './process-status.ts';
import { lackingOf } from './unfit-pod.ts';

export interface ProcessRuntimeDeps {
  /** Directory for specifications, pids, exit codes and output. */
  readonly root: string;
  readonly timers: Timers;
  readonly log: AgentLog;
  /** PATH of the processes; nothing else of the agent's environment reaches them. */
  readonly path: string;
  /** Where this machine is reached: a pod's processes have no network of their own. */
  readonly address: string;
}

const LOOPBACK = '127.0.0.1';

/** The wrapper's exit code when it found no directory, or that another wrapper had been there first. */
const NOT_LAUNCHED = 97;

/**
 * The wrapper records its own pid and the exit code, so both outlive the agent. It alone gets SIGTERM and passes it on,
 * as an engine gives it to the first process only. A SIGTERM that comes before the command runs is kept for it: sent to
 * the group, it would be lost on a command that is not there yet. When the command ends, so does all it left behind.
 * Making the launch mark is the start, and only one wrapper can: a start that comes late, after the process was removed
 * or started by somebody else, runs nothing.
 */
const WRAPPER = `d="$1"; shift; (set -C; : > "$d/launched") 2>/dev/null || exit ${NOT_LAUNCHED}
t=; p=; trap 'if [ -n "$p" ]; then kill -TERM "$p" 2>/dev/null; else t=1; fi' TERM
trap : INT HUP; read -r s < /proc/$$/stat; echo "$s" > "$d/pid" || exit ${NOT_LAUNCHED}
"$@" & p=$!; if [ -n "$t" ]; then kill -TERM "$p" 2>/dev/null; fi
while wait "$p"; c=$?; [ "$c" -gt 128 ] && kill -0 "$p" 2>/dev/null; do :; done
echo "$c" > "$d/exit"; kill -KILL 0`;

/** The name becomes a directory: nothing but what container names are made of may reach the file system. */
const NAME = /^[A-Za-z0-9][\w.-]{0,200}$/;

const POLL_MS = 20;
const WATCH_MS = 500;
const START_POLLS = 250;

/**
 * Runs a task's command as a supervised process of this machine, for machines without a container engine.
 * It isolates nothing: image, user, ports, memory and file system settings are ignored, and a command is required.
 */
export function processRuntime(deps: ProcessRuntimeDeps): RuntimeFactory {
  return { kind: 'process', open: (owners) => new ProcessRuntime(deps, owners) };
}

class ProcessRuntime implements ContainerRuntime {
  readonly kind = 'process';
  readonly #deps: ProcessRuntimeDeps;
  readonly #owners: readonly string[];
  readonly #watchers = new Set<(taskId: string) => void>();
  /** States at the last look: processes of an earlier agent have no exit event. */
  readonly #lastSeen = new Map<string, string>();

  constructor(deps: ProcessRuntimeDeps, owners: readonly string[]) {
    this.#deps = deps;
    this.#owners = owners;
  }

  async list(): Promise<readonly ContainerInfo[]> {
    const names = (await namesIn(this.#deps.root)).filter((name) => NAME.test(name));
    const infos = await Promise.all(names.map((name) => this.inspect(name)));
    return infos.filter((info) => info !== undefined);
  }

  async inspect(name: string): Promise<ContainerInfo | undefined> {
    const paths = this.#paths(name);
    const spec = await readSpec(paths);
    if (!spec || !this.#owners.includes(spec.labels.agent)) return undefined;
    const status = await processStatus(paths);
    return {
      name,
      runtimeId: status.kind === 'running' ? String(status.pid) : name,
      labels: spec.labels,
      state: status.kind,
      ...(status.kind === 'exited' ? { exitCode: status.exitCode } : {}),
      oomKilled: false,
      networkBindings: [],
    };
  }

  async pull({ name, image }: ContainerDefinition): Promise<void> {
    this.#deps.log.warn('the process runtime ignores images and runs the command on this machine', { name, image });
  }

  async create(spec: ContainerSpec): Promise<ContainerInfo> {
    if (commandOf(spec.definition).length === 0) {
      throw new RuntimeFault('CannotCreateContainerError', 'the process runtime needs a command or an entry point');
    }
    const lacking = lackingOf(spec);
    if (lacking) throw new RuntimeFault('ContainerConfigurationError', `the process runtime can not ${lacking}`);
    await writeSpec(this.#paths(spec.name), spec);
    const info = await this.inspect(spec.name);
    if (!info) throw new RuntimeFault('CannotCreateContainerError', `${spec.name} belongs to another agent`);
    return info;
  }

  async start(name: string): Promise<void> {
    const paths = this.#paths(name);
    const spec = await readSpec(paths);
    const info = await this.inspect(name);
    if (info?.state === 'running') return;
    if (!spec || info?.state !== 'created') {
      throw new RuntimeFault('CannotStartContainerError', `${name} is ${info ? 'over' : 'not there'}`);
    }
    const child = await this.#spawn(paths, spec.definition);
    child.once('exit', () => this.#changed(spec.labels.task));
    await this.#recorded(name, paths, child);
  }

  async stop(name: string, timeoutSeconds: number): Promise<void> {
    if (!(await this.inspect(name))) return;
    const paths = this.#paths(name);
    await signal(paths, 'SIGTERM');
    const polls = Math.ceil((timeoutSeconds * 1_000) / POLL_MS);
    if (!(await this.#endsWithin(paths, polls))) await this.#kill(paths);
  }

  async exec(name: string, command: readonly string[], timeoutMs: number): Promise<ExecOutcome> {
    return runCommand(command, timeoutMs, await this.#setting(name));
  }

  async open(name: string, command: OpenCommand): Promise<RunningCommand> {
    return openProcessCommand(command, await this.#setting(name));
  }

  async *logs(name: string, wanted: LogsWanted, signal: AbortSignal): AsyncGenerator<OutputChunk> {
    if (!(await this.inspect(name))) {
      throw new RuntimeFault('CannotInspectContainerError', `there is no container ${name}`);
    }
    const isRunning = async (): Promise<boolean> => (await this.inspect(name))?.state === 'running';
    yield* readProcessLogs(this.#paths(name).log, wanted, { timers: this.#deps.timers, signal, isRunning });
  }

  /** What a command finds that runs beside a process. */
  async #setting(name: string): Promise<ExecSetting> {
    const spec = await readSpec(this.#paths(name));
    if (!spec || (await this.inspect(name))?.state !== 'running') {
      throw new RuntimeFault('CannotInspectContainerError', `${name} does not run`);
    }
    const { definition } = spec;
    return {
      env: { PATH: this.#deps.path, ...environmentOf(definition) },
      workingDirectory: definition.workingDirectory,
      timers: this.#deps.timers,
    };
  }

  async ask(name: string, question: NetworkQuestion, timeoutMs: number): Promise<NetworkAnswer> {
    const isRunning = (await this.inspect(name))?.state === 'running';
    if (!isRunning) return { passed: false, detail: `${name} does not run` };
    return askNetwork(LOOPBACK, question, timeoutMs, this.#deps.timers);
  }

  async openPod(): Promise<PodNetwork> {
    return { address: this.#deps.address, hostAddress: this.#deps.address };
  }

  async closePod(): Promise<void> {}

  async openPods(): Promise<readonly string[]> {
    return [];
  }

  async remove(name: string): Promise<void> {
    if (!(await this.inspect(name))) return;
    const paths = this.#paths(name);
    await this.#kill(paths);
    // Once the directory has another name nothing can start in it any more; what started just before is in it.
    const buried = await buryFiles(paths);
    await this.#kill(buried);
    await removeFiles(buried);
  }

  watch(onChange: (taskId: string) => void): () => void {
    this.#watchers.add(onChange);
    let cancel: Cancel | undefined;
    let watching = true;
    const look = async (): Promise<void> => {
      try {
        await this.#lookForExits();
      } catch (error) {
        this.#deps.log.warn('cannot look at the processes', { error: messageOf(error) });
      }
      if (watching) again();
    };
    const again = (): void => {
      cancel = this.#deps.timers.after(WATCH_MS, () => void look());
    };
    again();
    return () => {
      watching = false;
      cancel?.();
      this.#watchers.delete(onChange);
    };
  }

  async #lookForExits(): Promise<void> {
    const infos = await this.list();
    for (const { name, labels, state } of infos) {
      if (state === 'running') await boundFile(this.#paths(name).log);
      if (state === 'exited' && this.#lastSeen.get(name) !== 'exited') this.#changed(labels.task);
    }
    this.#lastSeen.clear();
    for (const { name, state } of infos) this.#lastSeen.set(name, state);
  }

  async #spawn(paths: ProcessPaths, definition: ContainerDefinition): Promise<ChildProcess> {
    const output = await open(paths.log, 'a', 0o600);
    try {
      // Detached: its own session and process group, so that it survives the agent and is signalled as a whole.
      const child = spawn('/bin/sh', ['-c', WRAPPER, 'berth-process', paths.directory, ...commandOf(definition)], {
        detached: true,
        stdio: ['ignore', output.fd, output.fd],
        env: { PATH: this.#deps.path, ...environmentOf(definition) },
        ...(definition.workingDirectory ? { cwd: definition.workingDirectory } : {}),
      });
      await new Promise<void>((resolve, reject) => {
        child.once('spawn', resolve);
        child.once('error', reject);
      });
      child.unref();
      return child;
    } catch (error) {
      throw asRuntimeFault(error, 'CannotStartContainerError');
    } finally {
      await output.close();
    }
  }

  /** The start is over once the pid is on disk: from then on a restarted agent finds the process. */
  async #recorded(name: string, paths: ProcessPaths, child: ChildProcess): Promise<void> {
    for (let poll = 0; poll < START_POLLS; poll += 1) {
      const isOver = child.exitCode !== null || child.signalCode !== null;
      const { kind } = await processStatus(paths);
      if (kind === 'running' || (isOver && kind === 'exited')) return;
      if (isOver) throw new RuntimeFault('CannotStartContainerError', `${name} was removed while it started`);
      await sleep(this.#deps.timers, POLL_MS);
    }
    throw new RuntimeFault('ContainerRuntimeTimeoutError', 'the process did not record its pid');
  }

  async #kill(paths: ProcessPaths): Promise<void> {
    for (let poll = 0; poll < START_POLLS; poll += 1) {
      // At every look: one that was starting has a pid to kill only now.
      await signal(paths, 'SIGKILL');
      if (await this.#endsWithin(paths, 1)) return;
    }
    throw new RuntimeFault('CannotStopContainerError', `${basename(paths.directory)} survived SIGKILL`);
  }

  async #endsWithin(paths: ProcessPaths, polls: number): Promise<boolean> {
    for (let poll = 0; poll <= polls; poll += 1) {
      if ((await processStatus(paths)).kind !== 'running') return true;
      await sleep(this.#deps.timers, POLL_MS);
    }
    return false;
  }

  #paths(name: string): ProcessPaths {
    if (!NAME.test(name)) {
      throw new RuntimeFault('CannotInspectContainerError', 'not a container name');
    }
    return pathsOf(this.#deps.root, name);
  }

  #changed(taskId: string): void {
    for (const watcher of this.#watchers) watcher(taskId);
  }
}

async function signal(paths: ProcessPaths, name: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const status = await processStatus(paths);
  if (status.kind !== 'running') return;
  try {
    process.kill(name === 'SIGKILL' ? -status.pid : status.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const commandOf = ({ entryPoint = [], command = [] }: ContainerDefinition): readonly string[] => [
  ...entryPoint,
  ...command,
];

const environmentOf = ({ environment = [] }: ContainerDefinition): Record<string, string> =>
  Object.fromEntries(environment.map(({ name, value }) => [name ?? '', value ?? '']));
