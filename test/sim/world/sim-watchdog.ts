import type { FencePorts } from '#agent/fence.ts';
import type { SimulatedMachine } from '#agent/runtime/simulated/simulated-machine.ts';
import { simulatedRuntime } from '#agent/runtime/simulated/simulated-runtime.ts';
import { asDeadline, type Deadline, isPast } from '#agent/watchdog/deadline.ts';
import { runWatchdog } from '#agent/watchdog/run-watchdog.ts';
import { timingsAt } from '#core/timings.ts';
import { faultyRuntime } from '../ports/faulty-machine.ts';
import type { Actor } from '../ports/port-call.ts';
import { Process } from './process.ts';
import type { SimContext } from './sim-context.ts';

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const BOOT = 'boot';
const { watchdogTick: tick, lease: linger } = timingsAt();
/** The watchdog's calls in flight when a deadline moves on. */
const ECHO_MS = 1_000;

/** What the watchdog knows of its machine. */
export interface WatchedMachine {
  readonly name: string;
  readonly machine: SimulatedMachine;
  /** How fast its clocks run: 1.1 gains a tenth. */
  readonly clock: { readonly rate: number };
  readonly lastInstanceId: string | undefined;
  /** Which life of the agent runs now; undefined when none does. */
  readonly life: number | undefined;
}

/** The deadline file of one machine, and the process that enforces it: the real loop, untouched by what befalls the agent. */
export class SimWatchdog {
  readonly #world: SimContext;
  readonly #machine: WatchedMachine;
  #process: Process;
  #isClaimed = false;
  #file: string | undefined;
  /** Elapsed ms when a deadline that had passed was last replaced. */
  #lapsedAt = Number.NEGATIVE_INFINITY;

  constructor(world: SimContext, machine: WatchedMachine) {
    this.#world = world;
    this.#machine = machine;
    this.#process = new Process(world.time);
    this.#process.kill();
  }

  get process(): Process {
    return this.#process;
  }

  /** The machine's clock: monotonic, and a little fast or slow. */
  monotonic(): number {
    return this.#world.time.elapsed * this.#machine.clock.rate;
  }

  /** True when ending a fenced container now is what the fence is for. */
  get isOver(): boolean {
    return isPast(this.#read(), BOOT, this.monotonic()) || this.#world.time.elapsed - this.#lapsedAt < ECHO_MS;
  }

  /** What one life of the agent does with it. */
  ports(actor: Actor, life: number): FencePorts {
    return {
      deadlines: {
        load: async () => this.#read()?.at,
        save: (at, owners) =>
          this.#world.seam.pass(actor, {
            port: 'disk',
            operation: 'saveDeadline',
            isWrite: true,
            there: [0.2, 4],
            back: [0.1, 1],
            failure: (why) => new Error(`ENOSPC: ${why}`),
            apply: async () => this.#write({ boot: BOOT, at, owners, agent: { pid: life, startTime: '' } }),
          }),
      },
      watchdog: { ensure: () => this.#ensure(actor) },
    };
  }

  kill(): void {
    this.#process.kill();
  }

  async #ensure({ process }: Actor): Promise<void> {
    if (this.#isRunning) return;
    const took = this.#world.rng.between(200, 900);
    await new Promise<void>((resolve) => void process.after(took, resolve));
    if (!this.#isRunning) this.#start();
  }

  get #isRunning(): boolean {
    return this.#isClaimed && !this.#process.isDead && !this.#process.isFrozen;
  }

  #start(): void {
    const process = new Process(this.#world.time);
    this.#process = process;
    this.#isClaimed = true;
    const timers = this.timers(process);
    const actor: Actor = { role: 'watchdog', host: this.#machine.name, process, crash: () => process.kill() };
    const inner = simulatedRuntime(this.#machine.machine, timers);
    runWatchdog({
      clock: { monotonic: () => this.monotonic() },
      timers,
      log: SILENT,
      boot: BOOT,
      runtime: faultyRuntime(this.#world, actor, inner),
      readDeadline: async () => this.#read(),
      readOwners: async () => (this.#machine.lastInstanceId === undefined ? [] : [this.#machine.lastInstanceId]),
      isAlive: async ({ pid }) => this.#machine.life === pid,
      claim: {
        hold: async () => {
          if (this.#process !== process) return false;
          this.#isClaimed = true;
          return true;
        },
        release: async () => {
          if (this.#process === process) this.#isClaimed = false;
        },
      },
      tick,
      linger,
    }).then(
      () => process.kill(),
      (error: unknown) => this.#world.violated('crash', `the watchdog failed: ${String(error)}`),
    );
  }

  /** Timers run on the machine's clock, as fast or slow as it is. */
  timers(process: Process): { after(ms: number, run: () => void): () => void } {
    return { after: (ms, run) => process.after(ms / this.#machine.clock.rate, run) };
  }

  #read(): Deadline | undefined {
    return this.#file === undefined ? undefined : asDeadline(JSON.parse(this.#file));
  }

  #write(deadline: Deadline): void {
    const { time } = this.#world;
    // A few ms of tolerance: the agent may see it pass while the answer of this very write is under way.
    if (isPast(this.#read(), BOOT, this.monotonic() + 5)) this.#lapsedAt = time.elapsed;
    this.#file = JSON.stringify(deadline);
  }
}
