import type { SimAgent } from '../world/sim-agent.ts';
import { slotKey } from './committed-world.ts';
import { type Oracle, type RealContainer, short, type Watched } from './oracle.ts';

/** How long after its machine stood still as a whole a copy may be seen beside its replacement. */
const AFTER_PAUSE_MS = 3_000;

/**
 * S2: of a slot of a fenced service never two containers run at once, across epochs and machines. Only a machine that
 * stood still as a whole, watchdog and all, may show its copy beside the replacement until shortly after it resumes.
 */
export class FenceOracle implements Oracle {
  readonly #watched: Watched;
  /** Fenced tasks that took the place of an earlier one: without any, a schedule has proved nothing. */
  replacements = 0;
  /** Copies seen beside their replacement because their machine stood still. */
  pausedOverlaps = 0;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  started(container: RealContainer): void {
    if (!container.fenced || this.#slotOf(container) === undefined) return;
    if (container.epoch > 1) this.replacements += 1;
    this.#compare(container);
  }

  /** A machine that stood still as a whole goes on: from shortly after, nothing excuses it any more. */
  resumed(agent: SimAgent): void {
    this.#watched.world.time.after(AFTER_PAUSE_MS, () => {
      for (const container of this.#watched.reality.running.values()) {
        if (container.fenced && container.agent === agent) this.#compare(container);
      }
    });
  }

  #compare(container: RealContainer): void {
    const slot = this.#slotOf(container);
    for (const other of this.#watched.reality.running.values()) {
      if (other === container || !other.fenced || this.#slotOf(other) !== slot || other.task === container.task)
        continue;
      if (this.#isExcused(container) || this.#isExcused(other)) this.pausedOverlaps += 1;
      else this.#fail(`fenced slot ${slot} runs twice: ${place(container)} and ${place(other)}`);
    }
  }

  #isExcused({ agent }: RealContainer): boolean {
    return agent.pausedUntil + AFTER_PAUSE_MS > this.#watched.world.time.elapsed;
  }

  #slotOf({ task }: RealContainer): string | undefined {
    const slot = this.#watched.committed.tasks.get(task)?.slot;
    return slot && slotKey(slot.service, slot.deployment, slot.index);
  }

  #fail(story: string): void {
    this.#watched.world.violated('S2', story);
  }
}

const place = ({ agent, task, epoch }: RealContainer): string => `${short(task)}.${epoch} on ${agent.name}`;
