import { type AgentLog, type Cancel, messageOf, type Timers } from '../ports.ts';
import type { ContainerRuntime } from '../runtime/port.ts';
import type { Probe } from './probe.ts';

/** One run of a container that is to be probed. */
export interface ProbeTarget {
  readonly container: string;
  /** What the runtime calls it. */
  readonly name: string;
  /** When this run began: another run of the same container is another target. */
  readonly startedAt: number;
  readonly probe: Probe;
}

export interface ProberWorld {
  readonly runtime: Pick<ContainerRuntime, 'exec'>;
  readonly timers: Timers;
  readonly log: AgentLog;
}

/**
 * Asks the probes of one task's containers, each a period after the start and after each answer, never two of one
 * container at once. It decides nothing: the answers go to the task's machine.
 */
export class Prober {
  readonly #world: ProberWorld;
  readonly #answer: (target: ProbeTarget, passed: boolean) => void;
  readonly #waiting = new Map<string, Cancel>();

  constructor(world: ProberWorld, answer: (target: ProbeTarget, passed: boolean) => void) {
    this.#world = world;
    this.#answer = answer;
  }

  /** Probes these and no others from now on. */
  follow(targets: readonly ProbeTarget[]): void {
    const wanted = new Map(targets.map((target) => [keyOf(target), target]));
    for (const [key, cancel] of this.#waiting) {
      if (wanted.has(key)) continue;
      this.#waiting.delete(key);
      cancel();
    }
    for (const [key, target] of wanted) if (!this.#waiting.has(key)) this.#wait(target);
  }

  #wait(target: ProbeTarget): void {
    this.#waiting.set(
      keyOf(target),
      this.#world.timers.after(target.probe.period, () => void this.#ask(target)),
    );
  }

  async #ask(target: ProbeTarget): Promise<void> {
    const { action, timeout } = target.probe;
    const passed = await this.#exec(target.name, action.command, timeout);
    if (!this.#waiting.has(keyOf(target))) return;
    this.#wait(target);
    if (passed !== undefined) this.#answer(target, passed);
  }

  /** Undefined when nobody could be asked: an engine that does not answer says nothing about the container. */
  async #exec(name: string, command: readonly string[], timeout: number): Promise<boolean | undefined> {
    try {
      const outcome = await this.#world.runtime.exec(name, command, timeout);
      return outcome.kind === 'exited' && outcome.exitCode === 0;
    } catch (error) {
      this.#world.log.warn('cannot run a health check', { name, error: messageOf(error) });
      return undefined;
    }
  }
}

const keyOf = ({ container, startedAt }: ProbeTarget): string => `${container}/${startedAt}`;
