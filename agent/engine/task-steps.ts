import { asRuntimeFault, RuntimeFault, type RuntimeFaultCode } from '../runtime/runtime-fault.ts';
import { begun, cleared } from './container-run.ts';
import { containerSpec, runtimeName, stopGrace } from './container-spec.ts';
import type { TaskAction } from './next-action.ts';
import { failStart, observeContainer, settle } from './observe.ts';
import { PodSteps } from './pod/pod-steps.ts';
import type { StateCell } from './state-cell.ts';
import { type ContainerState, isStopping, type TaskState, withContainer } from './task-state.ts';

/** What a task's machine does, one step at a time; a step that fails throws, unless its failure is the task's own. */
export class TaskSteps {
  readonly #cell: StateCell;
  readonly #pod: PodSteps;

  constructor(cell: StateCell) {
    this.#cell = cell;
    this.#pod = new PodSteps(cell);
  }

  get #world(): StateCell['world'] {
    return this.#cell.world;
  }

  get #state(): TaskState {
    return this.#cell.state();
  }

  async perform(action: TaskAction): Promise<void> {
    switch (action.kind) {
      case 'pull':
        return this.#pull();
      case 'prepare':
        await this.#starting('ResourceInitializationError', undefined, () => this.#pod.prepare());
        return;
      case 'begin':
        return this.#begin();
      case 'create':
        return this.#create(action.container);
      case 'start':
        return this.#start(action.container);
      case 'stop':
        await this.#forEach(action.containers, (name, container) => this.#stop(name, container));
        return this.#stopped(action.containers);
      case 'clear':
        await this.#forEach([action.container], (name) => this.#world.runtime.remove(name));
        return this.#cell.set(withContainer(this.#state, action.container, cleared));
      case 'discard':
        await this.#forEach(action.containers, (name) => this.#world.runtime.remove(name));
        return this.#discarded(action.containers);
      case 'finish':
        return this.#finish();
      case 'forget':
        await this.#removeAll();
        return this.#world.forget(this.#state);
      case 'wait':
        return;
      default:
        action satisfies never;
    }
  }

  /** Asks the runtime about everything that may have changed by itself. */
  async refresh(): Promise<void> {
    for (const { definition, phase } of this.#state.containers) {
      if (phase === 'created' || phase === 'running') await this.#inspect(definition.name);
    }
  }

  async #pull(): Promise<void> {
    const pullStartedAt = this.#cell.now();
    for (const { definition } of this.#state.containers) {
      // A stop that arrives during a pull takes effect before the next image.
      if (isStopping(this.#state)) return;
      const pulled = await this.#starting('CannotPullContainerError', definition.name, () =>
        this.#world.runtime.pull(definition),
      );
      if (!pulled) return;
    }
    this.#cell.set({ ...this.#state, pulled: true, pullStartedAt, pullStoppedAt: this.#cell.now() });
  }

  async #begin(): Promise<void> {
    this.#cell.set({ ...this.#state, begun: true });
    await this.#starting('ResourceInitializationError', undefined, () => this.#world.begin(this.#state));
  }

  async #create(container: string): Promise<void> {
    if (!(await this.#admitted())) return;
    if (this.#state.pod) return this.#pod.create(container);
    this.#phase(container, 'uncertain');
    await this.#starting('CannotCreateContainerError', container, async () => {
      const info = await this.#world.runtime.create(containerSpec(this.#state, container, this.#world.owner()));
      this.#cell.set(observeContainer(this.#state, container, info, this.#cell.now()));
    });
  }

  async #start(container: string): Promise<void> {
    if (!(await this.#admitted())) return;
    if (this.#state.pod) return this.#pod.start(container);
    this.#phase(container, 'uncertain');
    const name = this.#name(container);
    const started = await this.#starting('CannotStartContainerError', container, () => this.#world.runtime.start(name));
    if (!started) return;
    // The container did start, whatever the next look says; without this an exit at once would hide RUNNING.
    const now = this.#cell.now();
    this.#cell.set(
      settle(
        withContainer(this.#state, container, (before) => begun(before, now)),
        now,
      ),
    );
    await this.#inspect(container);
  }

  #stop(name: string, container: ContainerState): Promise<void> {
    if (this.#state.pod) return this.#pod.stop(container);
    return this.#world.runtime.stop(name, stopGrace(this.#state, container));
  }

  /** Rule R6: asked right before each step that could make a fenced task run. */
  async #admitted(): Promise<boolean> {
    if (!this.#state.fenced) return true;
    const isOpen = await this.#starting('ResourceInitializationError', undefined, () => this.#world.fence.admit());
    return isOpen && !isStopping(this.#state);
  }

  async #finish(): Promise<void> {
    if (this.#state.pod) await this.#pod.close();
    const now = this.#cell.now();
    const finished = { ...this.#state, finished: true, stoppedAt: now, stoppingAt: this.#state.stoppingAt ?? now };
    this.#cell.set(finished);
    await this.#world.save();
  }

  async #removeAll(): Promise<void> {
    if (this.#state.pod) return this.#pod.remove();
    await this.#forEach(
      this.#state.containers.map(({ definition }) => definition.name),
      (name) => this.#world.runtime.remove(name),
    );
  }

  #discarded(containers: readonly string[]): void {
    if (this.#state.pod && !isStopping(this.#state)) this.#pod.discarded(containers);
    else for (const container of containers) this.#phase(container, 'gone');
  }

  async #stopped(containers: readonly string[]): Promise<void> {
    await this.refresh();
    const left = this.#state.containers.filter(
      ({ definition, phase }) => phase === 'running' && containers.includes(definition.name),
    );
    if (left.length > 0) throw new RuntimeFault('CannotStopContainerError', `${left.length} containers still run`);
  }

  async #inspect(container: string): Promise<void> {
    const info = await this.#world.runtime.inspect(this.#name(container));
    // What the watchdog ended did not end by itself, so the deadline is looked at before conclusions are drawn.
    if (this.#state.fenced) this.#world.fence.check();
    const words = await this.#pod.lastWords(container, info);
    this.#cell.set(observeContainer(this.#state, container, info, this.#cell.now(), words));
  }

  /** Runs a step of the start; a fault ends the task with the reason. True when it worked. */
  async #starting(code: RuntimeFaultCode, container: string | undefined, step: () => Promise<void>): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      this.#cell.set(failStart(this.#state, container, asRuntimeFault(error, code), this.#cell.now()));
      return false;
    }
  }

  async #forEach(
    containers: readonly string[],
    step: (name: string, container: ContainerState) => Promise<void>,
  ): Promise<void> {
    const chosen = this.#state.containers.filter(({ definition }) => containers.includes(definition.name));
    await Promise.all(chosen.map((container) => step(runtimeName(this.#state, container), container)));
  }

  #name(container: string): string {
    const chosen = this.#state.containers.find(({ definition }) => definition.name === container);
    if (!chosen) throw new Error(`task ${this.#state.taskId} has no container ${container}`);
    return runtimeName(this.#state, chosen);
  }

  #phase(container: string, phase: ContainerState['phase']): void {
    this.#cell.set(withContainer(this.#state, container, (before) => ({ ...before, phase })));
  }
}
