import { type AgentLog, type Cancel, messageOf, type Timers } from '../ports.ts';
import type { ContainerRuntime } from '../runtime/port.ts';
import type { PodProbeKind } from './pod/pod-container-state.ts';
import type { Probe } from './probe.ts';

/** One run of a container that is to be probed. */
export interface ProbeTarget {
  readonly container: string;
  /** What the runtime calls it. */
  readonly name: string;
  /** When this run began: another run of the same container is another target. */
  readonly startedAt: number;
  /** The check of an ECS container, or one of a pod's probes: each is asked for itself. */
  readonly kind: 'health' | PodProbeKind;
  /** Milliseconds until it is asked for the first time. */
  readonly first: number;
  readonly probe: Probe;
}

export interface ProberWorld {
  readonly runtime: Pick<ContainerRuntime, 'exec' | 'ask'>;
  readonly timers: Timers;
  readonly log: AgentLog;
}

/**
 * Asks the probes of one task's containers, each a period after its last answer, never the same one twice at once. It decides nothing: the answers go to the task's machine.
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
    for (const [key, target] of wanted) if (!this.#waiting.has(key)) this.#wait(target, target.first);
  }

  #wait(target: ProbeTarget, delay: number): void {
    this.#waiting.set(
      keyOf(target),
      this.#world.timers.after(delay, () => void this.#ask(target)),
    );
  }

  async #ask(target: ProbeTarget): Promise<void> {
    const passed = await this.#passes(target);
    if (!this.#waiting.has(keyOf(target))) return;
    this.#wait(target, target.probe.period);
    if (passed !== undefined) this.#answer(target, passed);
  }

  /** Undefined when nobody could be asked: an engine that does not answer says nothing about the container. */
  async #passes({ name, probe: { action, timeout } }: ProbeTarget): Promise<boolean | undefined> {
    const { runtime } = this.#world;
    try {
      if (action.kind !== 'exec') return (await runtime.ask(name, action, timeout)).passed;
      const outcome = await runtime.exec(name, action.command, timeout);
      return outcome.kind === 'exited' && outcome.exitCode === 0;
    } catch (error) {
      this.#world.log.warn('cannot run a health check', { name, error: messageOf(error) });
      return undefined;
    }
  }
}

const keyOf = ({ name, startedAt, kind }: ProbeTarget): string => `${name}/${startedAt}/${kind}`;
