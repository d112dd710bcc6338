import type { PodRun } from '#core/model/pod.ts';
import type { ContainerDefinition } from '#core/model/task-definition.ts';
import { messageOf } from '../../ports.ts';
import { containerName, podName } from '../../runtime/labels.ts';
import type { ContainerInfo, ContainerSpec, PodNetwork, PodPlace } from '../../runtime/port.ts';
import { asRuntimeFault, RuntimeFault, type RuntimeFaultCode } from '../../runtime/runtime-fault.ts';
import type { VolumeUser } from '../../volumes/pod-volumes.ts';
import { containerSpec, runtimeName } from '../container-spec.ts';
import type { StateCell } from '../state-cell.ts';
import { type ContainerState, isStopping, type TaskState, withContainer } from '../task-state.ts';
import { endOfOutput } from './end-of-output.ts';
import { discardedRun, failRun, failStep, observePodContainer, startedRun } from './observe-pod.ts';
import { memberOf, membersOf, type PodMember } from './pod-container-state.ts';
import { runHook } from './run-hook.ts';

/** What Kubernetes keeps of the last words of all containers of a pod together, and of one, in bytes. */
const ALL_WORDS = 12 * 1_024;
const MOST_WORDS = 4 * 1_024;
/** Longest explanation that the wire carries. */
const MOST_SAID = 1_024;
/** Seconds a container is given to heed SIGTERM, however long its preStop hook took. */
const LEAST_GRACE = 2;

/** The steps of a pod's machine. What goes wrong with one container keeps that one waiting; it does not end the pod. */
export class PodSteps {
  readonly #cell: StateCell;

  constructor(cell: StateCell) {
    this.#cell = cell;
  }

  get #world(): StateCell['world'] {
    return this.#cell.world;
  }

  get #state(): TaskState {
    return this.#cell.state();
  }

  /** Makes the volumes; what they hold is on the machine from then on and need not be kept twice. */
  async prepare(): Promise<void> {
    const { pod } = this.#state;
    if (!pod) return;
    await this.#world.volumes?.make(this.#podName(), pod);
    this.#cell.set({ ...sealed(this.#state, pod), prepared: true });
  }

  async create(name: string): Promise<void> {
    const member = this.#member(name);
    await this.#removeRun(name, member.pod.run - 2);
    if (!(await this.#pull(member)) || isStopping(this.#state)) return;
    const spec = await this.#waiting(name, 'CannotCreateContainerError', () => this.#place(member));
    if (!spec || isStopping(this.#state)) return;
    this.#cell.set(withContainer(this.#state, name, (container) => ({ ...container, phase: 'uncertain' })));
    await this.#waiting(name, 'CannotCreateContainerError', async () => {
      // Rule R8: what may have run is known before it can, so that a restarted agent takes it for a run that ended.
      await this.#world.save();
      const info = await this.#world.runtime.create(spec);
      this.#cell.set(observePodContainer(this.#state, name, info, undefined, this.#cell.now()));
    });
  }

  async start(name: string): Promise<void> {
    const handle = runtimeName(this.#state, this.#member(name).container);
    this.#cell.set(withContainer(this.#state, name, (container) => ({ ...container, phase: 'uncertain' })));
    try {
      await this.#world.runtime.start(handle);
    } catch (error) {
      const { message } = asRuntimeFault(error, 'CannotStartContainerError');
      this.#cell.set(failRun(this.#state, name, message.slice(0, MOST_SAID), this.#cell.now()));
      return;
    }
    // It did start, whatever the next look says.
    this.#cell.set(startedRun(this.#state, name, this.#cell.now()));
    const info = await this.#world.runtime.inspect(handle);
    const words = await this.lastWords(name, info);
    this.#cell.set(observePodContainer(this.#state, name, info, words, this.#cell.now()));
  }

  /** The preStop hook has its time out of the grace period. */
  async stop(container: ContainerState): Promise<void> {
    const { wanted } = memberOf(container);
    const name = runtimeName(this.#state, container);
    const grace = this.#grace(container);
    const startedAt = this.#cell.now();
    if (wanted.preStop && grace > 0) {
      const failure = await runHook(this.#world, name, wanted.preStop, grace * 1_000);
      if (failure !== undefined) this.#world.log.warn('a preStop hook failed', { name, failure });
    }
    const spent = Math.ceil((this.#cell.now() - startedAt) / 1_000);
    await this.#world.runtime.stop(name, grace === 0 ? 0 : Math.max(Math.min(grace, LEAST_GRACE), grace - spent));
  }

  discarded(containers: readonly string[]): void {
    for (const name of containers) this.#cell.set(discardedRun(this.#state, name, this.#cell.now()));
  }

  /** What a run said in its end; undefined while it has not ended, said nothing or belongs to no pod. */
  async lastWords(name: string, info: ContainerInfo | undefined): Promise<string | undefined> {
    if (!this.#state.pod || info?.state !== 'exited') return undefined;
    const { pod, wanted } = this.#member(name);
    const most = Math.min(MOST_WORDS, Math.floor(ALL_WORDS / this.#state.containers.length));
    const fallsBack = wanted.terminationMessagePolicy === 'FallbackToLogsOnError' && info.exitCode !== 0;
    try {
      const said = await this.#world.volumes?.lastWords(this.#podName(), { container: name, run: pod.run }, most);
      if (said || !fallsBack) return said;
      return await endOfOutput(this.#world.runtime, info.name, most);
    } catch (error) {
      this.#world.log.warn('cannot read the last words of a container', { name, error: messageOf(error) });
      return undefined;
    }
  }

  /** Takes away all that is left of it. */
  async remove(): Promise<void> {
    for (const { name, pod } of membersOf(this.#state)) {
      for (const run of [pod.run - 2, pod.run - 1, pod.run]) await this.#removeRun(name, run);
    }
    await this.close();
  }

  /** Takes away what the containers shared, above all what the volumes hold: nothing of the pod runs any more. */
  async close(): Promise<void> {
    await this.#world.runtime.closePod(this.#podName());
    await this.#world.volumes?.remove(this.#podName());
  }

  async #removeRun(name: string, run: number): Promise<void> {
    if (run < 0) return;
    const { taskId, epoch } = this.#state;
    await this.#world.runtime.remove(containerName(taskId, epoch, name, run));
  }

  async #pull({ name, container }: PodMember): Promise<boolean> {
    const startedAt = this.#cell.now();
    const pulled = await this.#waiting(name, 'CannotPullContainerError', async () => {
      await this.#world.runtime.pull(container.definition);
      return true;
    });
    if (!pulled) return false;
    const { pullStartedAt = startedAt } = this.#state;
    if (this.#state.startedAt === undefined) {
      this.#cell.set({ ...this.#state, pullStartedAt, pullStoppedAt: this.#cell.now() });
    }
    return true;
  }

  async #place(member: PodMember): Promise<ContainerSpec> {
    const { pod, taskId, epoch, cluster, group } = this.#state;
    if (!pod) throw new Error(`task ${taskId} is no pod`);
    const name = this.#podName();
    const owner = this.#world.owner();
    const labels = { ...owner, task: taskId, epoch, cluster, group };
    const network = await this.#world.runtime.openPod({ name, labels, hostname: pod.hostname });
    if (network.address !== this.#state.address) this.#cell.set({ ...this.#state, address: network.address });
    const place = await this.#volumePlace(name, pod, member);
    const groups = [
      ...(member.wanted.security.supplementalGroups ?? []),
      ...(pod.fsGroup === undefined ? [] : [pod.fsGroup]),
    ];
    const spec = containerSpec(this.#state, member.name, owner, { name, groups, ...place });
    return { ...spec, definition: onThisMachine(spec.definition, network) };
  }

  async #volumePlace(name: string, pod: PodRun, member: PodMember): Promise<Pick<PodPlace, 'mounts' | 'lastWords'>> {
    const { volumes } = this.#world;
    if (volumes) return volumes.place(name, pod, this.#volumeUser(member));
    if (member.wanted.mounts.length === 0) return { mounts: [] };
    throw new RuntimeFault('ContainerConfigurationError', 'this machine can not make volumes');
  }

  #volumeUser({ name, wanted, pod }: PodMember): VolumeUser {
    const others = membersOf(this.#state).filter((other) => other.name !== name && other.wanted.role !== 'init');
    return {
      container: name,
      run: pod.run,
      mounts: wanted.mounts,
      terminationMessagePath: wanted.terminationMessagePath,
      neighbours: others.flatMap((other) => other.wanted.mounts),
    };
  }

  /** Runs a step towards a run of a container; a fault keeps that container waiting. Undefined when it did. */
  async #waiting<T>(name: string, code: RuntimeFaultCode, step: () => Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      const fault = asRuntimeFault(error, code);
      const reason = reasonOf(fault.code, this.#member(name).pod.failures);
      this.#cell.set(failStep(this.#state, name, reason, fault.message.slice(0, MOST_SAID), this.#cell.now()));
      return undefined;
    }
  }

  /** Seconds; what is left of the pod's own time counts from when its end began. */
  #grace(container: ContainerState): number {
    const { stop, stoppingAt, pod } = this.#state;
    if (stop?.code === 'InfrastructureHealth') return 0;
    const { ending } = memberOf(container).pod;
    if (!isStopping(this.#state) && ending) return ending.grace;
    const whole = pod?.terminationGracePeriodSeconds ?? 0;
    const spent = Math.floor((this.#cell.now() - (stoppingAt ?? this.#cell.now())) / 1_000);
    return Math.max(Math.min(whole, LEAST_GRACE), whole - spent);
  }

  #member(name: string): PodMember {
    const found = membersOf(this.#state).find((member) => member.name === name);
    if (!found) throw new Error(`task ${this.#state.taskId} has no container ${name}`);
    return found;
  }

  #podName(): string {
    return podName(this.#state.taskId, this.#state.epoch);
  }
}

/** Without what the volumes hold, which nobody in the pod may change. */
function sealed(state: TaskState, pod: PodRun): TaskState {
  const held = new Set(pod.volumes.filter(({ files }) => files.length > 0).map(({ name }) => name));
  const containers = state.containers.map((container): ContainerState => {
    const { wanted } = memberOf(container);
    const mounts = wanted.mounts.map((mount) => ({ ...mount, readOnly: mount.readOnly || held.has(mount.volume) }));
    return { ...container, definition: { ...container.definition, pod: { ...wanted, mounts } } };
  });
  return { ...state, containers, pod: { ...pod, volumes: pod.volumes.map((volume) => ({ ...volume, files: [] })) } };
}

/** kubectl's words for what keeps a container from running. */
function reasonOf(code: RuntimeFaultCode, failures: number): string {
  switch (code) {
    case 'CannotPullContainerError':
      return failures === 0 ? 'ErrImagePull' : 'ImagePullBackOff';
    case 'ImageNotPresentError':
      return 'ErrImageNeverPull';
    case 'ContainerConfigurationError':
      return 'CreateContainerConfigError';
    default:
      return 'CreateContainerError';
  }
}

/** Fills in the variables that nobody knows before the pod is on its machine. */
function onThisMachine(definition: ContainerDefinition, { address, hostAddress }: PodNetwork): ContainerDefinition {
  const known = (definition.pod?.environmentFrom ?? []).flatMap((source) =>
    source.kind === 'machine'
      ? [{ name: source.variable, value: source.field === 'podIP' ? address : hostAddress }]
      : [],
  );
  return known.length === 0
    ? definition
    : { ...definition, environment: [...(definition.environment ?? []), ...known] };
}
