import { type AgentClock, type AgentLog, messageOf, sleep, type Timers } from '../ports.ts';
import type { ContainerRuntime, RuntimeFactory } from '../runtime/port.ts';
import type { Claim } from './claim.ts';
import { condemned, type Deadline, isPast } from './deadline.ts';

export interface WatchdogDeps {
  readonly clock: Pick<AgentClock, 'monotonic'>;
  readonly timers: Timers;
  readonly log: AgentLog;
  readonly boot: string;
  readonly runtime: RuntimeFactory;
  /** Undefined when there is none that can be read. */
  readonly readDeadline: () => Promise<Deadline | undefined>;
  /** Whose containers to look for when no deadline can be read. */
  readonly readOwners: () => Promise<readonly string[]>;
  /** Whether the process that wrote the deadline still exists, standing still or not. */
  readonly isAlive: (agent: Deadline['agent']) => Promise<boolean>;
  readonly claim: Claim;
  /** How often it looks. */
  readonly tick: number;
  /** How long it stays without anything to guard while the agent lives. */
  readonly linger: number;
}

/** What one look found: something to guard, nothing, or nothing and no agent that could start something. */
type Look = 'guarding' | 'idle' | 'deserted';

/** An engine that hangs must not keep the next look waiting. */
const TICKS_PER_LOOK = 10;

/**
 * Rule R6: ends an agent's fenced containers once its deadline has passed, whatever has become of the agent. It goes on
 * at every tick until the deadline moves, because a start that was under way may still take effect.
 * Resolves when there is nothing to guard any more, or another watchdog does it.
 */
export async function runWatchdog(deps: WatchdogDeps): Promise<void> {
  const watchdog = new Watchdog(deps);
  let idleSince: number | undefined;
  for (;;) {
    if (!(await deps.claim.hold())) return;
    const look = await watchdog.look();
    const now = deps.clock.monotonic();
    idleSince = look === 'guarding' ? undefined : (idleSince ?? now);
    const isIdle = look === 'deserted' || (idleSince !== undefined && now - idleSince >= deps.linger);
    if (isIdle && (await leave(deps, watchdog))) return;
    await sleep(deps.timers, deps.tick);
  }
}

/**
 * Invariant: an agent checks the claim after it created a container and before it starts it. So a container that slips in
 * while the claim is given up is either seen by the look after that, or not started before another watchdog runs.
 */
async function leave({ claim }: WatchdogDeps, watchdog: Watchdog): Promise<boolean> {
  await claim.release();
  return (await watchdog.look()) !== 'guarding';
}

class Watchdog {
  readonly #deps: WatchdogDeps;
  /** The last deadline that could be read. */
  #known: Deadline | undefined;

  constructor(deps: WatchdogDeps) {
    this.#deps = deps;
  }

  /** Looks once, and acts. What cannot be listed counts as something to guard. */
  async look(): Promise<Look> {
    const { timers, tick, log } = this.#deps;
    const late = Promise.withResolvers<Look>();
    const cancel = timers.after(tick * TICKS_PER_LOOK, () => late.resolve('guarding'));
    const look = this.#look().catch((error: unknown): Look => {
      log.warn('the watchdog cannot look at the containers', { error: messageOf(error) });
      return 'guarding';
    });
    return Promise.race([look, late.promise]).finally(cancel);
  }

  async #look(): Promise<Look> {
    const isOver = await this.#isOver();
    const isAlive = this.#known !== undefined && (await this.#deps.isAlive(this.#known.agent));
    if (!isOver && isAlive) return 'guarding';
    const runtime = this.#deps.runtime.open(await this.#owners());
    const { kill, remove } = condemned(await runtime.list());
    if (kill.length + remove.length === 0) return isAlive ? 'idle' : 'deserted';
    // The deadline may have moved on while the engine was listing, and what it listed may be newer than that.
    if (isOver && (await this.#isOver())) await this.#end(runtime, kill, remove);
    return 'guarding';
  }

  async #isOver(): Promise<boolean> {
    const { boot, clock } = this.#deps;
    const deadline = await this.#deps.readDeadline();
    this.#known = deadline ?? this.#known;
    return isPast(deadline, boot, clock.monotonic());
  }

  async #owners(): Promise<readonly string[]> {
    return this.#known?.owners ?? (await this.#deps.readOwners());
  }

  async #end(runtime: ContainerRuntime, kill: readonly string[], remove: readonly string[]): Promise<void> {
    const { log } = this.#deps;
    log.warn('the lease is over: ending fenced containers', { kill, remove });
    const calls = [...kill.map((name) => runtime.stop(name, 0)), ...remove.map((name) => runtime.remove(name))];
    for (const result of await Promise.allSettled(calls)) {
      if (result.status === 'rejected') log.warn('a fenced container resists', { error: messageOf(result.reason) });
    }
  }
}
