import type { LifecycleHandler } from '#core/model/pod.ts';
import { type HookWorld, runHook } from './run-hook.ts';

/** One run of a container whose postStart hook is to be run. */
export interface HookTarget {
  readonly container: string;
  readonly name: string;
  readonly startedAt: number;
  readonly hook: LifecycleHandler;
}

/** Kubernetes gives a postStart hook all the time there is; a machine that waits for nothing else can afford much. */
const HOOK_MS = 3_600_000;

/**
 * Runs each postStart hook once for each run of its container, beside the task's machine, which a hook that hangs must not
 * keep from stopping the pod. An agent that restarts runs a hook again that it did not see end.
 */
export class HookRunner {
  readonly #world: HookWorld;
  readonly #ended: (container: string, failure: string | undefined) => void;
  readonly #running = new Set<string>();

  constructor(world: HookWorld, ended: (container: string, failure: string | undefined) => void) {
    this.#world = world;
    this.#ended = ended;
  }

  /** These runs are to be hooked, and no others matter any more. */
  follow(targets: readonly HookTarget[]): void {
    const wanted = new Set(targets.map(keyOf));
    for (const key of this.#running) if (!wanted.has(key)) this.#running.delete(key);
    for (const target of targets) if (!this.#running.has(keyOf(target))) void this.#run(target);
  }

  async #run(target: HookTarget): Promise<void> {
    const key = keyOf(target);
    this.#running.add(key);
    const failure = await runHook(this.#world, target.name, target.hook, HOOK_MS);
    // What is not followed any more has ended, or is ending, for another reason.
    if (this.#running.has(key)) this.#ended(target.container, failure);
  }
}

const keyOf = ({ name, startedAt }: HookTarget): string => `${name}/${startedAt}`;
