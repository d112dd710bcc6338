import Docker from 'dockerode';
import type { ContainerDefinition } from '#core/model/task-definition.ts';
import type { AgentLog, Timers } from '../../ports.ts';
import { OWNER_LABEL, podName } from '../labels.ts';
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
  PodSpec,
  RunningCommand,
  RuntimeFactory,
} from '../port.ts';
import { refusalOf } from '../refuse-unsafe.ts';
import { RuntimeFault } from '../runtime-fault.ts';
import { hearBrokenAnswers } from './broken-answers.ts';
import { fromInspection, fromListing } from './container-info.ts';
import { createOptions } from './create-options.ts';
import { openCommand } from './docker-command.ts';
import { DockerExec } from './docker-exec.ts';
import { readLogs } from './docker-logs.ts';
import { engineCall, statusOf, unless404 } from './engine-call.ts';
import { watchEvents } from './engine-events.ts';
import { userOf } from './image-user.ts';
import { PodHolders } from './pod-holder.ts';

export interface DockerRuntimeDeps {
  readonly docker: Docker;
  readonly timers: Timers;
  readonly log: AgentLog;
  /** MiB; the limit of a container that names none. */
  readonly machineMemory: number;
}

const MINUTE = 60_000;
const TIMEOUTS = { ask: MINUTE / 2, list: MINUTE, create: 4 * MINUTE, start: 3 * MINUTE, pull: 120 * MINUTE };
/** What the engine may take beyond the container's own stop timeout. */
const STOP_MARGIN = 2 * MINUTE;

/** The engine at DOCKER_HOST or the default socket; undefined when none answers. */
export async function reachableDocker(): Promise<Docker | undefined> {
  const docker = new Docker();
  hearBrokenAnswers(docker);
  try {
    await docker.ping();
    return docker;
  } catch {
    return undefined; // Whoever asks decides what no engine means.
  }
}

/** Containers of a Docker engine. It may be shared with other agents and with people. */
export function dockerRuntime(deps: DockerRuntimeDeps): RuntimeFactory {
  return { kind: 'docker', open: (owners) => new DockerRuntime(deps, owners) };
}

class DockerRuntime implements ContainerRuntime {
  readonly kind = 'docker';
  readonly #deps: DockerRuntimeDeps;
  readonly #owners: readonly string[];
  readonly #commands: DockerExec;
  readonly #pods: PodHolders;

  constructor(deps: DockerRuntimeDeps, owners: readonly string[]) {
    this.#deps = deps;
    this.#owners = owners;
    this.#commands = new DockerExec(deps.docker, deps.timers);
    this.#pods = new PodHolders(deps.docker, deps.timers, owners);
  }

  async list(): Promise<readonly ContainerInfo[]> {
    const { docker, timers } = this.#deps;
    const listed = await engineCall(timers, 'CannotInspectContainerError', TIMEOUTS.list, () =>
      docker.listContainers({ all: true, filters: { label: [OWNER_LABEL] } }),
    );
    return listed.map(fromListing).filter((info) => info !== undefined && this.#isOurs(info)) as ContainerInfo[];
  }

  async inspect(name: string): Promise<ContainerInfo | undefined> {
    const info = await this.#find(name);
    return info && this.#isOurs(info) ? info : undefined;
  }

  async pull({ image, pod }: Pick<ContainerDefinition, 'image' | 'pod'>): Promise<void> {
    const { docker, timers } = this.#deps;
    const present = await engineCall(timers, 'CannotPullContainerError', TIMEOUTS.ask, () =>
      unless404(docker.getImage(image).inspect()),
    );
    if (present && pod?.imagePullPolicy !== 'Always') return;
    if (pod?.imagePullPolicy === 'Never') {
      if (present) return;
      throw new RuntimeFault('ImageNotPresentError', `image ${image} is not on the machine, and is never pulled`);
    }
    await engineCall(timers, 'CannotPullContainerError', TIMEOUTS.pull, async () => {
      const progress = await docker.pull(withTag(image));
      await new Promise<void>((resolve, reject) => {
        docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()));
      });
    });
  }

  async create(spec: ContainerSpec): Promise<ContainerInfo> {
    const refusal = refusalOf(spec.definition);
    if (refusal !== undefined) throw new RuntimeFault('CannotCreateContainerError', refusal);
    const { docker, timers, machineMemory } = this.#deps;
    const user = spec.pod && (await this.#podUser(spec));
    try {
      await engineCall(timers, 'CannotCreateContainerError', TIMEOUTS.create, () =>
        docker.createContainer(createOptions(spec, machineMemory, user)),
      );
    } catch (error) {
      // Rule R10: 409 means the name is taken, and only this task epoch can have taken it.
      if (!(error instanceof RuntimeFault) || statusOf(error.cause) !== 409) throw error;
    }
    const info = await this.inspect(spec.name);
    if (!info) throw new RuntimeFault('CannotCreateContainerError', `${spec.name} is not a container of this agent`);
    return info;
  }

  async start(name: string): Promise<void> {
    const info = await this.inspect(name);
    if (info?.state === 'running') return;
    if (info?.state !== 'created') {
      throw new RuntimeFault('CannotStartContainerError', `${name} is ${info ? 'over' : 'not there'}`);
    }
    await engineCall(this.#deps.timers, 'CannotStartContainerError', TIMEOUTS.start, () =>
      this.#deps.docker.getContainer(info.runtimeId).start(),
    );
  }

  async stop(name: string, timeoutSeconds: number): Promise<void> {
    const info = await this.inspect(name);
    if (info?.state !== 'running') return;
    const { docker, timers } = this.#deps;
    await engineCall(timers, 'CannotStopContainerError', timeoutSeconds * 1_000 + STOP_MARGIN, () =>
      unless404(docker.getContainer(info.runtimeId).stop({ t: timeoutSeconds }), 304),
    );
  }

  async exec(name: string, command: readonly string[], timeoutMs: number): Promise<ExecOutcome> {
    const info = await this.inspect(name);
    if (info?.state !== 'running') throw new RuntimeFault('CannotInspectContainerError', `${name} does not run`);
    return this.#commands.run(info.runtimeId, command, timeoutMs);
  }

  async ask(name: string, question: NetworkQuestion, timeoutMs: number): Promise<NetworkAnswer> {
    const info = await this.inspect(name);
    if (info?.state !== 'running') return { passed: false, detail: `${name} does not run` };
    const { task, epoch } = info.labels;
    const network = await this.#pods.address(podName(task, epoch));
    if (!network) return { passed: false, detail: 'its pod has no network' };
    return askNetwork(network, question, timeoutMs, this.#deps.timers);
  }

  openPod(spec: PodSpec): Promise<PodNetwork> {
    return this.#pods.open(spec);
  }

  closePod(name: string): Promise<void> {
    return this.#pods.close(name);
  }

  openPods(): Promise<readonly string[]> {
    return this.#pods.list();
  }

  async open(name: string, command: OpenCommand): Promise<RunningCommand> {
    const info = await this.inspect(name);
    if (info?.state !== 'running') throw new RuntimeFault('CannotInspectContainerError', `${name} does not run`);
    return openCommand(this.#deps.docker, this.#deps.timers, info.runtimeId, command);
  }

  async *logs(name: string, wanted: LogsWanted, signal: AbortSignal): AsyncGenerator<OutputChunk> {
    const info = await this.inspect(name);
    if (!info) throw new RuntimeFault('CannotInspectContainerError', `there is no container ${name}`);
    yield* readLogs(this.#deps.docker, this.#deps.timers, info.runtimeId, wanted, signal);
  }

  async remove(name: string): Promise<void> {
    const info = await this.inspect(name);
    if (!info) return;
    const { docker, timers } = this.#deps;
    // 409: a removal is already under way.
    await engineCall(timers, 'CannotStopContainerError', STOP_MARGIN, () =>
      unless404(docker.getContainer(info.runtimeId).remove({ force: true, v: true }), 409),
    );
  }

  watch(onChange: (taskId: string) => void): () => void {
    const stops = this.#owners.map((owner) => watchEvents(this.#deps.docker, owner, this.#deps, onChange));
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** The user a pod's container runs as: what the image says counts unless the pod says more. */
  async #podUser({ definition }: ContainerSpec): Promise<string | undefined> {
    const { docker, timers } = this.#deps;
    const image = await engineCall(timers, 'CannotCreateContainerError', TIMEOUTS.ask, () =>
      unless404(docker.getImage(definition.image).inspect()),
    );
    return userOf(definition.pod?.security ?? {}, image?.Config.User ?? '');
  }

  async #find(name: string): Promise<ContainerInfo | undefined> {
    const { docker, timers } = this.#deps;
    const inspected = await engineCall(timers, 'CannotInspectContainerError', TIMEOUTS.ask, () =>
      unless404(docker.getContainer(name).inspect()),
    );
    return inspected && fromInspection(inspected);
  }

  #isOurs({ labels }: ContainerInfo): boolean {
    return this.#owners.includes(labels.agent);
  }
}

/** An engine reads a name without tag as every tag there is. */
const withTag = (image: string): string =>
  /[:@]/.test(image.slice(image.lastIndexOf('/') + 1)) ? image : `${image}:latest`;
