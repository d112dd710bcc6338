import { MAX_TASKS_PER_INSTANCE } from '#core/model/container-instance.ts';
import type { HeartbeatResponse, HeldAssignment, TaskReport, TaskSpec } from '#events/agent-wire.ts';
import type { Fence, FencedTasks } from '../fence.ts';
import { type AgentClock, type AgentLog, type Cancel, messageOf, type Timers } from '../ports.ts';
import { podName } from '../runtime/labels.ts';
import type { ContainerInfo, ContainerRuntime } from '../runtime/port.ts';
import type { AgentDisk } from '../state/agent-disk.ts';
import { BookKeeper } from '../state/book-keeper.ts';
import type { PodVolumes } from '../volumes/pod-volumes.ts';
import type { EngineWorld } from './engine-world.ts';
import { differs, groupByTask, observeAll } from './listing.ts';
import { NewsPacer } from './news-pacer.ts';
import { Outbox } from './outbox.ts';
import { lingers, tooManyLingering } from './pod/lingering.ts';
import { endIfFenced, rebuildFromLabels, reconcileStored } from './recover.ts';
import { refusedTask } from './refused-task.ts';
import { reportOf } from './report.ts';
import { TaskMachine } from './task-machine.ts';
import { newTaskState, type TaskState } from './task-state.ts';

export interface EngineDeps {
  readonly clock: AgentClock;
  readonly timers: Timers;
  readonly log: AgentLog;
  readonly disk: AgentDisk;
  /** Absent where a pod's volumes can not be made. */
  readonly volumes?: PodVolumes;
}

export interface EngineOptions {
  readonly runtime: ContainerRuntime;
  readonly fence: Fence;
  readonly owner: () => { readonly agent: string; readonly agentEpoch: number };
  /** Every id under which this machine's containers may be labelled. */
  readonly owners: () => readonly string[];
  /** How often the runtime is listed, because hints may be lost. */
  readonly resyncMs: number;
  /** There is news for the control plane. */
  readonly onNews: () => void;
}

const BOOK_LOST = 'ResourceInitializationError: the agent lost its record of what it had started';

/** Desired, known and sent state of every task on this machine. It never talks to the control plane itself. */
export class Engine implements FencedTasks {
  readonly #deps: EngineDeps;
  readonly #options: EngineOptions;
  readonly #machines = new Map<string, TaskMachine>();
  readonly #outbox = new Outbox();
  readonly #podNews: NewsPacer;
  readonly #book: BookKeeper;
  readonly #world: EngineWorld;
  #synced = false;
  /** True until a book is there to be kept. */
  #lacksBook = false;
  #halted = false;
  #unwatch: Cancel | undefined;
  #nextResync: Cancel | undefined;

  constructor(deps: EngineDeps, options: EngineOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#podNews = new NewsPacer(deps.timers, options.onNews);
    this.#book = new BookKeeper(deps.disk, () => this.#durableTasks(), options.owners);
    this.#world = {
      runtime: options.runtime,
      clock: deps.clock,
      timers: deps.timers,
      log: deps.log,
      ...(deps.volumes ? { volumes: deps.volumes } : {}),
      fence: options.fence,
      owner: options.owner,
      halted: () => this.#halted,
      changed: (taskId) => this.#changed(taskId),
      begin: (state) => this.#begin(state),
      save: () => this.#book.save(),
      forget: (state) => this.#forget(state),
    };
    options.fence.attach(this);
  }

  /** Rule R17: true once the containers on the machine were listed. */
  get synced(): boolean {
    return this.#synced;
  }

  /** Every task in any state but forgotten, and but those that stay for their logs alone. */
  known(): readonly string[] {
    return [...this.#machines.values()].filter(({ state }) => !lingers(state)).map(({ state }) => state.taskId);
  }

  fenced(): readonly string[] {
    return this.#fencedMachines().map(({ state }) => state.taskId);
  }

  endFenced(): void {
    for (const machine of this.#fencedMachines()) machine.loseLease();
  }

  /** The control plane confirmed the lease until then, on the monotonic clock. */
  leased(until: number): void {
    this.#options.fence.confirm(until);
  }

  /** What the control plane has not confirmed, as much as one heartbeat carries. */
  reports(): ReturnType<Outbox['unconfirmed']> {
    return this.#outbox.unconfirmed();
  }

  /** Meets the containers of earlier lives. Rejects when the runtime cannot list them; call it again then. */
  async recover(): Promise<void> {
    const now = this.#deps.clock.now();
    const infos = await this.#options.runtime.list();
    const byTask = groupByTask(infos);
    const book = await this.#book.load(now);
    this.#lacksBook = book === undefined;
    for (const stored of book ?? []) {
      const known = endIfFenced(stored, this.#options.fence.isOver, now);
      this.#adoptFound(reconcileStored(observeAll(known, byTask.get(stored.taskId) ?? [], now), now));
      byTask.delete(stored.taskId);
    }
    this.#adoptUnknown(byTask, now);
    await this.#clearPods();
    this.#synced = true;
    this.#unwatch = this.#options.runtime.watch((taskId) => this.#machines.get(taskId)?.look());
    this.#scheduleResync();
    for (const machine of this.#machines.values()) machine.rouse();
  }

  /** Takes away what pods have left that nobody knows any more: their containers are gone already. */
  async #clearPods(): Promise<void> {
    const { runtime } = this.#options;
    const known = new Set([...this.#machines.values()].map(({ state }) => podName(state.taskId, state.epoch)));
    for (const name of await runtime.openPods()) if (!known.has(name)) await runtime.closePod(name);
    await this.#deps.volumes?.keepOnly(known);
  }

  /** False when something could not be applied, so that the sequence must not count as seen. */
  apply(assignments: readonly HeldAssignment[]): boolean {
    // Rule R8: without a book nobody knows which of the tasks given to this machine in an earlier epoch have begun, so
    // none of them begins. What the first assignments after a sync do not name was given to it later.
    const isDoubtful = this.#lacksBook && this.#options.owner().agentEpoch > 1;
    let complete = true;
    for (const { taskId, desired, grace, spec } of assignments) {
      const machine = this.#machines.get(taskId);
      if (machine) {
        if (desired === 'STOPPED') machine.wantStopped(grace);
      } else if (spec) {
        this.#accept(spec, desired, isDoubtful);
      } else if (desired === 'RUNNING') {
        complete = false;
      }
    }
    if (this.#lacksBook) this.#openBook();
    return complete;
  }

  #openBook(): void {
    this.#lacksBook = false;
    this.#book.save().catch((error: unknown) => {
      this.#deps.log.warn('cannot write the task book', { error: messageOf(error) });
    });
  }

  /**
   * Ends what a whole list of assignments no longer names, if nothing of it was created. Such a task came with an earlier
   * sequence and was taken away since. What may run is left to `confirmStops`: mere absence never ends a container.
   */
  withdraw(listed: readonly HeldAssignment[]): void {
    const named = new Set(listed.map(({ taskId }) => taskId));
    const isUntouched = ({ containers }: TaskState): boolean => containers.every(({ phase }) => phase === 'none');
    const gone = [...this.#machines.values()].map(({ state }) => state).filter((it) => !it.finished && isUntouched(it));
    this.confirmStops(gone.map(({ taskId }) => taskId).filter((taskId) => !named.has(taskId)));
  }

  /** Rule R11: the control plane confirms that these tasks are not ours to run; no report about them is needed. */
  confirmStops(taskIds: readonly string[]): void {
    for (const taskId of taskIds) {
      const machine = this.#machines.get(taskId);
      machine?.wantStopped();
      machine?.release();
    }
  }

  acknowledge(sent: readonly TaskReport[], acknowledged: HeartbeatResponse['acknowledged']): void {
    for (const taskId of this.#outbox.acknowledge(sent, acknowledged)) this.#machines.get(taskId)?.release();
  }

  /** Stops acting and leaves containers as they are. Resolves once no action is in flight any more. */
  async halt(): Promise<void> {
    this.#halted = true;
    this.#unwatch?.();
    this.#nextResync?.();
    await Promise.all([...this.#machines.values()].map((machine) => machine.halt()));
  }

  #accept(spec: TaskSpec, desired: HeldAssignment['desired'], isDoubtful: boolean): void {
    const now = this.#deps.clock.now();
    const refusal = isDoubtful ? BOOK_LOST : this.#refusal(spec);
    const refused = desired === 'STOPPED' || refusal !== undefined;
    const machine = this.#adopt(refused ? refusedTask(spec, refusal, now) : newTaskState(spec));
    machine.wake();
  }

  #refusal(spec: TaskSpec): string | undefined {
    if (this.#book.hasTombstone(spec.taskId, spec.epoch)) {
      return 'ResourceInitializationError: this task already ran on this machine';
    }
    const active = [...this.#machines.values()].filter(({ state }) => !state.finished).length;
    return active < MAX_TASKS_PER_INSTANCE
      ? undefined
      : `ResourceInitializationError: the agent holds at most ${MAX_TASKS_PER_INSTANCE} tasks`;
  }

  #adopt(state: TaskState): TaskMachine {
    const machine = new TaskMachine(this.#world, state);
    this.#machines.set(state.taskId, machine);
    this.#changed(state.taskId);
    return machine;
  }

  /** A task that ran before this engine knew of it. */
  #adoptFound(state: TaskState): void {
    const { fence } = this.#options;
    if (state.fenced && !state.finished && fence.isOver) fence.condemn(state.taskId);
    this.#adopt(state);
  }

  #fencedMachines(): readonly TaskMachine[] {
    return [...this.#machines.values()].filter(({ state }) => state.fenced && !state.finished);
  }

  #adoptUnknown(byTask: ReadonlyMap<string, readonly ContainerInfo[]>, now: number): void {
    for (const [taskId, infos] of byTask) {
      const rebuilt = rebuildFromLabels(infos, this.#options.fence.isOver, now);
      if (!rebuilt) continue;
      this.#deps.log.warn('found containers of a task without state', { taskId, containers: infos.length });
      this.#adoptFound(observeAll(rebuilt, infos, now));
    }
  }

  async #begin({ taskId, epoch }: TaskState): Promise<void> {
    this.#book.bury(taskId, epoch, this.#deps.clock.now());
    await this.#book.save();
  }

  /** Only tasks that began are worth keeping: of the others the control plane sends the specification again. */
  #durableTasks(): readonly TaskState[] {
    return [...this.#machines.values()].map(({ state }) => state).filter(({ begun, finished }) => begun || finished);
  }

  async #forget({ taskId, epoch }: TaskState): Promise<void> {
    this.#machines.delete(taskId);
    this.#outbox.drop(taskId);
    this.#book.bury(taskId, epoch, this.#deps.clock.now());
    await this.#book.save();
  }

  #changed(taskId: string): void {
    const machine = this.#machines.get(taskId);
    if (!machine) return;
    if (machine.state.finished) this.#options.fence.ended(taskId);
    if (lingers(machine.state)) this.#airOldest();
    if (!this.#outbox.put(reportOf(machine.state))) return;
    if (machine.state.pod) this.#podNews.tell();
    else this.#options.onNews();
  }

  #airOldest(): void {
    const states = [...this.#machines.values()].map(({ state }) => state);
    for (const { taskId } of tooManyLingering(states)) this.#machines.get(taskId)?.air();
  }

  #scheduleResync(): void {
    this.#nextResync = this.#deps.timers.after(this.#options.resyncMs, () => void this.#resync());
  }

  async #resync(): Promise<void> {
    const before = new Set(this.#machines.keys());
    try {
      const infos = await this.#options.runtime.list();
      const byTask = groupByTask(infos);
      for (const machine of this.#machines.values()) {
        if (before.has(machine.state.taskId) && differs(machine.state, infos)) machine.look();
      }
      for (const taskId of [...byTask.keys()]) {
        if (before.has(taskId) || this.#machines.has(taskId)) byTask.delete(taskId);
      }
      this.#adoptUnknown(byTask, this.#deps.clock.now());
      for (const taskId of byTask.keys()) this.#machines.get(taskId)?.rouse();
    } catch (error) {
      this.#deps.log.warn('cannot list containers', { error: messageOf(error) });
    }
    if (!this.#halted) this.#scheduleResync();
  }
}
