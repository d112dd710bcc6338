import { LOST_CONTACT } from '../fence.ts';
import { messageOf, sleep } from '../ports.ts';
import { containerName } from '../runtime/labels.ts';
import { asRuntimeFault, RuntimeFault, type RuntimeFaultCode } from '../runtime/runtime-fault.ts';
import { begun, cleared, isNewRun } from './container-run.ts';
import { containerSpec, stopGrace } from './container-spec.ts';
import type { EngineWorld } from './engine-world.ts';
import { nextAction, type TaskAction } from './next-action.ts';
import { beginStop, failStart, observeContainer, observeProbe, settle } from './observe.ts';
import { type ContainerState, isStopping, type TaskState, withContainer } from './task-state.ts';
import { TaskWatch } from './task-watch.ts';

const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 30_000;

/**
 * Rule R9: the one serial machine of one task. It is the only writer of the task's state; requests from outside
 * change what is wanted at once and are acted on after the action in flight.
 */
export class TaskMachine {
  readonly #world: EngineWorld;
  #state: TaskState;
  #busy = false;
  #running: Promise<void> = Promise.resolve();
  #look = false;
  #failures = 0;
  readonly #watch: TaskWatch;

  constructor(world: EngineWorld, state: TaskState) {
    this.#world = world;
    this.#state = state;
    this.#watch = new TaskWatch(world, {
      probed: ({ container, probe }, passed) =>
        this.#heed((now) => observeProbe(this.#state, container, probe, passed, now)),
      overdue: () => this.#heed((now) => settle(this.#state, now)),
    });
    this.#watch.follow(state);
  }

  get state(): TaskState {
    return this.#state;
  }

  /** The control plane wants the task stopped. */
  wantStopped(): void {
    if (this.#state.desired === 'STOPPED') return;
    this.#set({ ...this.#state, desired: 'STOPPED', stoppingAt: this.#state.stoppingAt ?? this.#world.clock.now() });
    this.wake();
  }

  /** The lease it was to run under is over (rule R6). */
  loseLease(): void {
    this.#set(beginStop(this.#state, 'InfrastructureHealth', LOST_CONTACT, this.#world.clock.now()));
    this.wake();
  }

  /** The control plane has the last report, or the task is confirmed not to be ours (rule R11). */
  release(): void {
    if (!this.#state.released) this.#set({ ...this.#state, released: true });
    this.wake();
  }

  /** The runtime hinted at a change: look before the next decision. */
  look(): void {
    this.#look = true;
    this.wake();
  }

  /** Acts until there is nothing to do. */
  wake(): void {
    if (this.#busy) return;
    this.#busy = true;
    this.#running = this.#run();
  }

  /** Leaves everything as it is; resolves when no action is in flight. */
  halt(): Promise<void> {
    this.#watch.end();
    return this.#running;
  }

  /** News that no action brought: it is taken in at once and acted on after the action in flight. */
  #heed(change: (now: number) => TaskState): void {
    this.#set(change(this.#world.clock.now()));
    this.wake();
  }

  async #run(): Promise<void> {
    try {
      while (!this.#world.halted()) {
        if (this.#look) {
          this.#look = false;
          await this.#glance();
          continue;
        }
        const action = nextAction(this.#state);
        if (action.kind === 'wait') return;
        const done = await this.#attempt(action);
        if (done && action.kind === 'forget') return;
      }
    } finally {
      this.#busy = false;
    }
  }

  /** A step that ends a task is repeated until it works; a step that starts one fails the task. */
  async #attempt(action: TaskAction): Promise<boolean> {
    try {
      await this.#perform(action);
      this.#failures = 0;
      return true;
    } catch (error) {
      const delay = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** this.#failures);
      this.#failures = Math.min(this.#failures + 1, 10);
      const { taskId } = this.#state;
      this.#world.log.warn('task action failed', { taskId, action: action.kind, error: messageOf(error) });
      await sleep(this.#world.timers, delay);
      this.#look = true;
      return false;
    }
  }

  async #perform(action: TaskAction): Promise<void> {
    switch (action.kind) {
      case 'pull':
        return this.#pull();
      case 'begin':
        return this.#begin();
      case 'create':
        return this.#create(action.container);
      case 'start':
        return this.#start(action.container);
      case 'stop':
        await this.#forEach(action.containers, (name, container) =>
          this.#world.runtime.stop(name, stopGrace(this.#state, container)),
        );
        return this.#stopped(action.containers);
      case 'clear':
        await this.#forEach([action.container], (name) => this.#world.runtime.remove(name));
        return this.#set(withContainer(this.#state, action.container, cleared));
      case 'discard':
        await this.#forEach(action.containers, (name) => this.#world.runtime.remove(name));
        return this.#discarded(action.containers);
      case 'finish':
        return this.#finish();
      case 'forget':
        await this.#forEach(
          this.#state.containers.map(({ definition }) => definition.name),
          (name) => this.#world.runtime.remove(name),
        );
        return this.#world.forget(this.#state);
      case 'wait':
        return;
      default:
        action satisfies never;
    }
  }

  async #pull(): Promise<void> {
    const pullStartedAt = this.#world.clock.now();
    for (const { definition } of this.#state.containers) {
      // A stop that arrives during a pull takes effect before the next image.
      if (isStopping(this.#state)) return;
      const pulled = await this.#starting('CannotPullContainerError', definition.name, () =>
        this.#world.runtime.pull(definition),
      );
      if (!pulled) return;
    }
    this.#set({ ...this.#state, pulled: true, pullStartedAt, pullStoppedAt: this.#world.clock.now() });
  }

  async #begin(): Promise<void> {
    this.#set({ ...this.#state, begun: true });
    await this.#starting('ResourceInitializationError', undefined, () => this.#world.begin(this.#state));
  }

  async #create(container: string): Promise<void> {
    if (!(await this.#admitted())) return;
    this.#phase(container, 'uncertain');
    await this.#starting('CannotCreateContainerError', container, async () => {
      const info = await this.#world.runtime.create(containerSpec(this.#state, container, this.#world.owner()));
      this.#set(observeContainer(this.#state, container, info, this.#world.clock.now()));
    });
  }

  async #start(container: string): Promise<void> {
    if (!(await this.#admitted())) return;
    this.#phase(container, 'uncertain');
    const name = this.#name(container);
    const started = await this.#starting('CannotStartContainerError', container, () => this.#world.runtime.start(name));
    if (!started) return;
    // The container did start, whatever the next look says; without this an exit at once would hide RUNNING.
    const now = this.#world.clock.now();
    this.#set(
      settle(
        withContainer(this.#state, container, (before) => begun(before, now)),
        now,
      ),
    );
    await this.#inspect(container);
  }

  /** Rule R6: asked right before each step that could make a fenced task run. */
  async #admitted(): Promise<boolean> {
    if (!this.#state.fenced) return true;
    const isOpen = await this.#starting('ResourceInitializationError', undefined, () => this.#world.fence.admit());
    return isOpen && !isStopping(this.#state);
  }

  async #finish(): Promise<void> {
    const now = this.#world.clock.now();
    const finished = { ...this.#state, finished: true, stoppedAt: now, stoppingAt: this.#state.stoppingAt ?? now };
    this.#set(finished);
    await this.#world.save();
  }

  #discarded(containers: readonly string[]): void {
    for (const container of containers) this.#phase(container, 'gone');
  }

  async #stopped(containers: readonly string[]): Promise<void> {
    await this.#refresh();
    const left = this.#state.containers.filter(
      ({ definition, phase }) => phase === 'running' && containers.includes(definition.name),
    );
    if (left.length > 0) throw new RuntimeFault('CannotStopContainerError', `${left.length} containers still run`);
  }

  async #glance(): Promise<void> {
    try {
      await this.#refresh();
    } catch (error) {
      // An engine that does not answer says nothing about the containers; the next listing asks again.
      this.#world.log.warn('cannot inspect', { taskId: this.#state.taskId, error: messageOf(error) });
    }
  }

  async #refresh(): Promise<void> {
    for (const { definition, phase } of this.#state.containers) {
      if (phase === 'created' || phase === 'running') await this.#inspect(definition.name);
    }
  }

  async #inspect(container: string): Promise<void> {
    const info = await this.#world.runtime.inspect(this.#name(container));
    // What the watchdog ended did not end by itself, so the deadline is looked at before conclusions are drawn.
    if (this.#state.fenced) this.#world.fence.check();
    this.#set(observeContainer(this.#state, container, info, this.#world.clock.now()));
  }

  /** Runs a step of the start; a fault ends the task with the reason. True when it worked. */
  async #starting(code: RuntimeFaultCode, container: string | undefined, step: () => Promise<void>): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      this.#set(failStart(this.#state, container, asRuntimeFault(error, code), this.#world.clock.now()));
      return false;
    }
  }

  async #forEach(
    containers: readonly string[],
    step: (name: string, container: ContainerState) => Promise<void>,
  ): Promise<void> {
    const chosen = this.#state.containers.filter(({ definition }) => containers.includes(definition.name));
    await Promise.all(chosen.map((container) => step(this.#name(container.definition.name), container)));
  }

  #name(container: string): string {
    return containerName(this.#state.taskId, this.#state.epoch, container);
  }

  #phase(container: string, phase: ContainerState['phase']): void {
    this.#set(withContainer(this.#state, container, (before) => ({ ...before, phase })));
  }

  #set(state: TaskState): void {
    const isWorthKeeping = isNewRun(this.#state, state);
    this.#state = state;
    this.#watch.follow(state);
    this.#world.changed(state.taskId);
    if (isWorthKeeping) this.#keep();
  }

  /** What a restarted agent goes on from; without it, it would only have to wait and ask again. */
  #keep(): void {
    this.#world.save().catch((error: unknown) => {
      this.#world.log.warn('cannot write the task book', { error: messageOf(error) });
    });
  }
}
