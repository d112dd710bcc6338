import type { Cancel } from '../ports.ts';
import { containerName } from '../runtime/labels.ts';
import { waitEnds } from './dependencies.ts';
import type { EngineWorld } from './engine-world.ts';
import { healthProbe } from './probe.ts';
import { Prober, type ProbeTarget } from './prober.ts';
import { isStopping, type TaskState } from './task-state.ts';

interface Heard {
  probed(target: ProbeTarget, passed: boolean): void;
  /** A container was not ready as soon as those that depend on it want. */
  overdue(): void;
}

/** What goes on beside a task's machine and tells it: health checks, and the clock of those that wait for others. */
export class TaskWatch {
  readonly #world: EngineWorld;
  readonly #heard: Heard;
  readonly #prober: Prober;
  #ending: { readonly at: number; readonly cancel: Cancel } | undefined;

  constructor(world: EngineWorld, heard: Heard) {
    this.#world = world;
    this.#heard = heard;
    this.#prober = new Prober(world, heard.probed);
  }

  /** The task is like this now. */
  follow(state: TaskState): void {
    const isOver = isStopping(state) || state.finished || this.#world.halted();
    this.#prober.follow(isOver ? [] : probeTargets(state));
    this.#await(isOver ? undefined : waitEnds(state));
  }

  end(): void {
    this.#prober.follow([]);
    this.#await(undefined);
  }

  #await(at: number | undefined): void {
    if (at === this.#ending?.at) return;
    this.#ending?.cancel();
    this.#ending = undefined;
    if (at === undefined) return;
    const { clock, timers } = this.#world;
    const cancel = timers.after(Math.max(0, at - clock.now()), () => {
      this.#ending = undefined;
      this.#heard.overdue();
    });
    this.#ending = { at, cancel };
  }
}

const probeTargets = ({ taskId, epoch, containers }: TaskState): readonly ProbeTarget[] =>
  containers.flatMap(({ definition, phase, startedAt }) => {
    const probe = healthProbe(definition);
    if (!probe || phase !== 'running' || startedAt === undefined) return [];
    return [{ container: definition.name, name: containerName(taskId, epoch, definition.name), startedAt, probe }];
  });
