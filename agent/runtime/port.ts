import type { PodContainer, PodRun, ProbeHandler } from '#core/model/pod.ts';
import type { NetworkBinding } from '#core/model/task.ts';
import type { ContainerDefinition, NetworkMode } from '#core/model/task-definition.ts';

export type RuntimeKind = 'docker' | 'process' | 'simulated';

/** What every container of ours says about itself; enough to rebuild a task whose disk state is lost. */
export interface ContainerLabels {
  readonly task: string;
  readonly epoch: number;
  /** Instance that owns the container. Several agents share one engine; a container of another is never touched. */
  readonly agent: string;
  readonly agentEpoch: number;
  readonly container: string;
  readonly cluster: string;
  readonly group: string;
  readonly essential: boolean;
  /** How many containers the task has. */
  readonly count: number;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly stopTimeout: number;
  /** Rule R6: the watchdog ends it when the agent's lease is over. */
  readonly fenced?: true;
  /** How the agent looks after it while it runs; absent when nothing is to be known. */
  readonly upkeep?: Upkeep;
  /** Present when it belongs to a pod. */
  readonly pod?: PodUpkeep;
}

/** A restart needs the whole definition, so its policy is not among it: a container found by its labels starts once. */
export type Upkeep = Pick<ContainerDefinition, 'healthCheck' | 'dependsOn'>;

/** How a pod's container found by its labels is looked after, without what only another run of it would need. */
export interface PodUpkeep {
  readonly run: number;
  readonly pod: Omit<PodRun, 'volumes'>;
  readonly container: Omit<PodContainer, 'mounts' | 'environmentFrom'>;
}

/** What the containers of one pod share: a network, and a name in it. */
export interface PodSpec {
  readonly name: string;
  readonly labels: Pick<ContainerLabels, 'agent' | 'agentEpoch' | 'task' | 'epoch' | 'cluster' | 'group'>;
  readonly hostname: string;
}

/** Where a pod is reached from its machine. */
export interface PodNetwork {
  readonly address: string;
  /** Of the machine, as the pod sees it. */
  readonly hostAddress: string;
}

/** A directory or file of this machine that a container sees at a place of its own. */
export interface HostMount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** One container to create. The name is the handle for every later call (rule R10). */
export interface ContainerSpec {
  readonly name: string;
  readonly labels: ContainerLabels;
  readonly definition: ContainerDefinition;
  readonly networkMode: NetworkMode;
  /** Limits of the whole task: CPU units and MiB. */
  readonly taskCpu?: number;
  readonly taskMemory?: number;
  /** Present for a container of a pod that `openPod` has made. */
  readonly pod?: PodPlace;
}

/** What a pod gives one of its containers. */
export interface PodPlace {
  /** Name of what the pod's containers share. */
  readonly name: string;
  readonly mounts: readonly HostMount[];
  /** Where the container leaves its last words; a runtime that can not mount goes without. */
  readonly lastWords?: HostMount;
  /** Groups of its processes, beside their own. */
  readonly groups: readonly number[];
}

export interface ContainerInfo {
  readonly name: string;
  readonly runtimeId: string;
  readonly labels: ContainerLabels;
  /** created: never started. exited: started once and over. */
  readonly state: 'created' | 'running' | 'exited';
  readonly exitCode?: number;
  /** When it ended, where the runtime knows; epoch ms. */
  readonly finishedAt?: number;
  readonly oomKilled: boolean;
  readonly imageDigest?: string;
  readonly networkBindings: readonly NetworkBinding[];
}

/** How a command ended that was run inside a container. */
export type ExecOutcome = { readonly kind: 'exited'; readonly exitCode: number } | { readonly kind: 'timeout' };

/** What is asked of a container over its network. */
export type NetworkQuestion = Exclude<ProbeHandler, { readonly kind: 'exec' }>;

/** Whether the answer was the one hoped for, and what else is to be said of it. */
export interface NetworkAnswer {
  readonly passed: boolean;
  readonly detail: string;
}

/** What to run beside a container's own process, with its input and output in hand. */
export interface OpenCommand {
  readonly command: readonly string[];
  /** With a terminal there is one stream of output. A runtime without terminals gives plain streams. */
  readonly terminal: boolean;
}

/** A piece of what a container or a command wrote. */
export interface OutputChunk {
  readonly stream: 'stdout' | 'stderr';
  readonly data: Uint8Array;
}

/** A command that runs. Its output is read by whoever wants it, no faster than that; unread, it holds the command up. */
export interface RunningCommand {
  /** Ends when the command has ended, or its connection broke. Read it once. */
  readonly output: AsyncIterable<OutputChunk>;
  write(data: Uint8Array): Promise<void>;
  endInput(): void;
  /** Does nothing without a terminal. */
  resize(columns: number, rows: number): Promise<void>;
  /** Ends the command and, where the runtime can, what it has started. Does nothing when it is over. */
  kill(): Promise<void>;
  /** After `output` has ended: 126 or 127 when the program can not be run, 137 when it was killed. */
  exitCode(): Promise<number>;
}

/** Which lines of a container's output are wanted, oldest first. */
export interface LogsWanted {
  /** Goes on until the container is over. */
  readonly follow: boolean;
  /** Each line begins with its time (RFC 3339) and a blank. */
  readonly timestamps: boolean;
  /** Newest lines to begin with; absent: all that is kept. */
  readonly tail?: number;
  /** Epoch ms. */
  readonly since?: number;
}

/**
 * Containers of one agent on one machine. Every call takes the deterministic container name.
 * Faults: RuntimeFault only; a listing that fails says nothing about any container.
 */
export interface ContainerRuntime {
  readonly kind: RuntimeKind;
  /** Containers that carry our labels and one of our instance ids, in any state. */
  list(): Promise<readonly ContainerInfo[]>;
  /** Undefined when no container of ours has that name. */
  inspect(name: string): Promise<ContainerInfo | undefined>;
  /** Makes the image present; does nothing when it already is. */
  pull(definition: ContainerDefinition): Promise<void>;
  /** Rule R10: a second create of the same name returns the container that stands there. */
  create(spec: ContainerSpec): Promise<ContainerInfo>;
  /** Does nothing when it runs; fails when it has exited, for a container starts once. */
  start(name: string): Promise<void>;
  /**
   * SIGTERM, then SIGKILL after the timeout; 0 seconds leave no grace. Resolves once the container no longer runs or is
   * gone. Any process that opens the runtime may stop containers, not only the one that started them.
   */
  stop(name: string, timeoutSeconds: number): Promise<void>;
  /**
   * Runs a program inside a running container, in its environment; one that can not be run exits with 126 or 127. What a
   * program that takes too long has left behind never adds up: at most one is there. Fails when the container does not run.
   */
  exec(name: string, command: readonly string[], timeoutMs: number): Promise<ExecOutcome>;
  /**
   * Asks a container of a pod over its network, from this machine. Anything that keeps an answer from coming is an answer
   * that was not hoped for. Only the pod itself is asked, whatever host the question names.
   */
  ask(name: string, question: NetworkQuestion, timeoutMs: number): Promise<NetworkAnswer>;
  /** Runs a program inside a running container, in its environment, as `exec` does. Fails when the container does not run. */
  open(name: string, command: OpenCommand): Promise<RunningCommand>;
  /**
   * What the container wrote, whether it runs or has exited; only so much is kept of it. An aborted reading ends.
   * Fails when there is no such container, or the runtime does not know what it is asked for, such as times.
   */
  logs(name: string, wanted: LogsWanted, signal: AbortSignal): AsyncIterable<OutputChunk>;
  /** Kills and removes; does nothing when it is gone. */
  remove(name: string): Promise<void>;
  /** Makes what a pod's containers share, or finds it as it stands; once it has broken down it is made anew. */
  openPod(spec: PodSpec): Promise<PodNetwork>;
  /** Takes it away, when the pod's containers are gone; does nothing when it is not there. */
  closePod(name: string): Promise<void>;
  /** Names of all that was opened and not closed. */
  openPods(): Promise<readonly string[]>;
  /** Hints that a task's containers changed. Hints may be lost: the engine lists periodically too. */
  watch(onChange: (taskId: string) => void): () => void;
}

/** Opens the runtime for an agent: the first owner labels new containers, all owners' containers are listed. */
export interface RuntimeFactory {
  readonly kind: RuntimeKind;
  open(owners: readonly string[]): ContainerRuntime;
}
