import type { Timings } from '#core/timings.ts';
import { type AgentClock, type AgentLog, type Cancel, messageOf, sleep, type Timers } from './ports.ts';
import { RuntimeFault } from './runtime/runtime-fault.ts';
import type { DeadlineStore } from './watchdog/deadline-file.ts';

export const LOST_CONTACT = 'The agent lost contact with the control plane: fenced tasks end when its lease does.';

/** What enforces a deadline when the agent cannot. */
export interface FencePorts {
  readonly deadlines: DeadlineStore;
  readonly watchdog: {
    /** Resolves once a watchdog runs; rejects with why none does. */
    ensure(): Promise<void>;
  };
}

export interface FenceDeps {
  readonly clock: AgentClock;
  readonly timers: Timers;
  readonly log: AgentLog;
  readonly timings: Timings;
  /** Absent where nothing can enforce a deadline: fenced tasks are refused then. */
  readonly fence?: FencePorts;
}

/** The fenced tasks of the machine, as the engine has them. */
export interface FencedTasks {
  /** False until the containers on the machine were listed. */
  readonly synced: boolean;
  /** Those that are not over. */
  fenced(): readonly string[];
  /** Their time is over: they end without grace. */
  endFenced(): void;
}

/**
 * Rule R6 inside the agent: keeps the deadline of fenced tasks, tells the watchdog, and lets nothing start past it.
 * Invariant S2: a deadline that has passed moves on only after everything that ran under it has ended. The control plane
 * may have replaced those tasks while the lease was over, so a new lease is not theirs.
 */
export class Fence {
  readonly #deps: FenceDeps;
  readonly #owners: () => readonly string[];
  #tasks: FencedTasks | undefined;
  /** In force, on the monotonic clock. */
  #deadline: number;
  /** The newest one the control plane confirmed. */
  #granted = Number.NEGATIVE_INFINITY;
  #isOver: boolean;
  /** Grows whenever a deadline passes. */
  #lapses = 0;
  /** What ran under a deadline that has passed, and is not over yet. */
  readonly #doomed = new Set<string>();
  #stored = '';
  #storing: Promise<void> = Promise.resolve();
  #alarm: Cancel | undefined;
  #isStopped = false;
  #news = Promise.withResolvers<void>();

  private constructor(deps: FenceDeps, owners: () => readonly string[], deadline: number) {
    this.#deps = deps;
    this.#owners = owners;
    this.#deadline = deadline;
    this.#isOver = deadline <= deps.clock.monotonic();
  }

  /** Takes up the deadline of the agent's earlier life, which the watchdog has enforced meanwhile. */
  static async open(deps: FenceDeps, owners: () => readonly string[]): Promise<Fence> {
    const deadline = await deps.fence?.deadlines.load();
    return new Fence(deps, owners, deadline ?? Number.NEGATIVE_INFINITY);
  }

  /** True once the deadline in force has passed. */
  get isOver(): boolean {
    this.check();
    return this.#isOver;
  }

  /** From now on these are the machine's tasks. */
  attach(tasks: FencedTasks): void {
    this.#tasks = tasks;
    this.#doomed.clear();
  }

  /** A task found on the machine that ran under a deadline that has passed. */
  condemn(taskId: string): void {
    this.#doomed.add(taskId);
  }

  /** A task is over. */
  ended(taskId: string): void {
    if (this.#doomed.delete(taskId)) this.#advance();
  }

  /** The control plane confirmed the lease until then (rule R4). */
  confirm(leaseUntil: number): void {
    this.#granted = Math.max(this.#granted, leaseUntil - this.#deps.timings.agentMargin);
    // An answer that comes before the deadline proves that the lease was held without a gap; a later one proves nothing.
    this.check();
    this.#advance();
  }

  /** Notices that the deadline has passed. */
  check(): void {
    if (!this.#isOver && this.#deadline <= this.#deps.clock.monotonic()) this.#lapse();
  }

  /** Resolves when a fenced container may be created or started at this very moment; rejects with why it may not. */
  async admit(): Promise<void> {
    const ports = this.#deps.fence;
    if (!ports) throw refusal('fenced tasks need a watchdog, which cannot run on this machine');
    const lapses = this.#lapses;
    await this.#untilSettled(lapses);
    await this.#store();
    await ports.watchdog.ensure().catch((error: unknown) => {
      throw refusal(`the watchdog of fenced tasks does not run: ${messageOf(error)}`);
    });
    this.check();
    if (this.#isOver && lapses === this.#lapses) this.#lapse();
    if (lapses !== this.#lapses) throw refusal(LOST_CONTACT);
    this.#setAlarm();
  }

  /** The agent ends; the deadline in force stays, and the watchdog with it. */
  stop(): void {
    this.#isStopped = true;
    this.#alarm?.();
  }

  #lapse(): void {
    this.#isOver = true;
    this.#lapses += 1;
    for (const taskId of this.#tasks?.fenced() ?? []) this.#doomed.add(taskId);
    this.#tasks?.endFenced();
    this.#tell();
  }

  /** The confirmed deadline comes into force, if it may. */
  #advance(): void {
    const now = this.#deps.clock.monotonic();
    if (this.#granted <= now || (!this.#isOver && this.#granted === this.#deadline)) return;
    if (this.#isOver && !(this.#tasks?.synced && this.#doomed.size === 0)) return;
    const before = this.#isOver ? Number.POSITIVE_INFINITY : this.#deadline;
    this.#isOver = false;
    this.#deadline = this.#granted;
    this.#tell();
    if (!this.#tasks || this.#tasks.fenced().length === 0) return;
    this.#setAlarm();
    void this.#keep(before);
  }

  /** Tells the watchdog, and brings it back should it have died. */
  async #keep(before: number): Promise<void> {
    try {
      await this.#store();
      // Told too late, the watchdog has acted on the deadline before.
      if (before <= this.#deps.clock.monotonic()) {
        this.#lapse();
        this.#advance();
      }
      await this.#deps.fence?.watchdog.ensure();
    } catch (error) {
      this.#deps.log.error('the lease deadline of fenced tasks is not guarded', { error: messageOf(error) });
    }
  }

  /** Waits until what ran under an earlier deadline has ended. */
  async #untilSettled(lapses: number): Promise<void> {
    const { clock, timers, timings } = this.#deps;
    const isSettling = (): boolean => this.#isOver && this.#granted > clock.monotonic() && lapses === this.#lapses;
    for (const until = clock.monotonic() + timings.lease; isSettling(); ) {
      const left = until - clock.monotonic();
      if (left <= 0) throw refusal('containers from before contact was lost are still there');
      await Promise.race([this.#news.promise, sleep(timers, left)]);
    }
  }

  async #store(): Promise<void> {
    const write = async (): Promise<void> => {
      const at = Math.max(0, this.#deadline);
      const owners = this.#owners();
      const text = JSON.stringify([at, owners]);
      if (this.#stored === text) return;
      await this.#deps.fence?.deadlines.save(at, owners);
      this.#stored = text;
    };
    this.#storing = this.#storing.then(write, write);
    await this.#storing;
  }

  #setAlarm(): void {
    this.#alarm?.();
    if (this.#isStopped) return;
    this.#alarm = this.#deps.timers.after(this.#deadline - this.#deps.clock.monotonic(), () => {
      this.check();
      if (!this.#isOver) this.#setAlarm();
    });
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}

const refusal = (message: string): RuntimeFault => new RuntimeFault('ResourceInitializationError', message);
