import type { Cancel } from '../ports.ts';
import { runtimeName } from './container-spec.ts';
import { waitEnds } from './dependencies.ts';
import type { EngineWorld } from './engine-world.ts';
import { HookRunner } from './pod/hook-runner.ts';
import { lingerEnds } from './pod/lingering.ts';
import { VolumeGuard } from './pod/volume-guard.ts';
import { hookTargets, podProbeTargets, podWaitEnds } from './pod/watch-targets.ts';
import { healthProbe } from './probe.ts';
import { Prober, type ProbeTarget } from './prober.ts';
import { isStopping, type TaskState } from './task-state.ts';

interface Heard {
  probed(target: ProbeTarget, passed: boolean): void;
  /** A pod's container has been through its postStart hook, or it failed in this way. */
  hooked(container: string, failure: string | undefined): void;
  /** A volume of a pod holds more than it may. */
  overfull(volume: string): void;
  /** A container was not ready as soon as those that depend on it want. */
  overdue(): void;
}

/**
 * What goes on beside a task's machine and tells it: health checks, hooks that follow a start, and the clock of those that
 * wait.
 */
export class TaskWatch {
  readonly #world: EngineWorld;
  readonly #heard: Heard;
  readonly #prober: Prober;
  readonly #hooks: HookRunner;
  readonly #volumes: VolumeGuard;
  #ending: { readonly at: number; readonly cancel: Cancel } | undefined;

  constructor(world: EngineWorld, heard: Heard) {
    this.#world = world;
    this.#heard = heard;
    this.#prober = new Prober(world, heard.probed);
    this.#hooks = new HookRunner(world, heard.hooked);
    this.#volumes = new VolumeGuard(world, heard.overfull);
  }

  /** The task is like this now. */
  follow(state: TaskState): void {
    const isOver = isStopping(state) || state.finished || this.#world.halted();
    this.#prober.follow(isOver ? [] : this.#targets(state));
    this.#hooks.follow(isOver || !state.pod ? [] : hookTargets(state));
    this.#volumes.follow(isOver ? undefined : state);
    this.#await(isOver ? lingerEnds(state) : state.pod ? podWaitEnds(state) : waitEnds(state));
  }

  end(): void {
    this.#prober.follow([]);
    this.#hooks.follow([]);
    this.#volumes.follow(undefined);
    this.#await(undefined);
  }

  #targets(state: TaskState): readonly ProbeTarget[] {
    return state.pod ? podProbeTargets(state, this.#world.clock.now()) : probeTargets(state);
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

const probeTargets = (state: TaskState): readonly ProbeTarget[] =>
  state.containers.flatMap((container) => {
    const { definition, phase, startedAt } = container;
    const probe = healthProbe(definition);
    if (!probe || phase !== 'running' || startedAt === undefined) return [];
    const name = runtimeName(state, container);
    return [{ container: definition.name, name, startedAt, kind: 'health', first: probe.period, probe }];
  });
