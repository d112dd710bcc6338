import { LOST_CONTACT } from '../fence.ts';
import { messageOf, sleep } from '../ports.ts';
import { beginStop } from './begin-stop.ts';
import { isNewRun } from './container-run.ts';
import type { EngineWorld } from './engine-world.ts';
import { nextAction, type TaskAction } from './next-action.ts';
import { observeProbe, settle } from './observe.ts';
import { hookEnded, observePodProbe } from './pod/observe-pod.ts';
import type { TaskState } from './task-state.ts';
import { TaskSteps } from './task-steps.ts';
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
  readonly #steps: TaskSteps;

  constructor(world: EngineWorld, state: TaskState) {
    this.#world = world;
    this.#state = state;
    this.#steps = new TaskSteps({
      world,
      state: () => this.#state,
      set: (next) => this.#set(next),
      now: () => world.clock.now(),
    });
    this.#watch = new TaskWatch(world, {
      probed: ({ container, kind, probe }, passed) =>
        this.#heed((now) =>
          kind === 'health'
            ? observeProbe(this.#state, container, probe, passed, now)
            : observePodProbe(this.#state, container, kind, probe, passed, now),
        ),
      hooked: (container, failure) => this.#heed((now) => hookEnded(this.#state, container, failure, now)),
      overfull: (volume) =>
        this.#heed((now) => beginStop(this.#state, 'EssentialContainerExited', tooFull(volume), now)),
      overdue: () => this.#heed((now) => settle(this.#state, now)),
    });
    this.#watch.follow(state);
  }

  get state(): TaskState {
    return this.#state;
  }

  /** The control plane wants the task stopped, a pod within `grace` seconds where somebody said so. */
  wantStopped(grace?: number): void {
    if (this.#state.desired === 'STOPPED') return;
    const { pod, stoppingAt = this.#world.clock.now() } = this.#state;
    const hurried = pod && grace !== undefined ? { pod: { ...pod, terminationGracePeriodSeconds: grace } } : {};
    this.#set({ ...this.#state, ...hurried, desired: 'STOPPED', stoppingAt });
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

  /** Begins with what was found. A pod's machine looks for itself first: what ended meanwhile has left last words. */
  rouse(): void {
    if (this.#state.pod) this.look();
    else this.wake();
  }

  /** What a pod that ended has left to be read makes room for others. */
  air(): void {
    this.#set({ ...this.#state, aired: true });
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
      await this.#steps.perform(action);
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

  async #glance(): Promise<void> {
    try {
      await this.#steps.refresh();
    } catch (error) {
      // An engine that does not answer says nothing about the containers; the next listing asks again.
      this.#world.log.warn('cannot inspect', { taskId: this.#state.taskId, error: messageOf(error) });
    }
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

const tooFull = (volume: string): string => `Volume '${volume}' of the pod holds more than its sizeLimit`;
