import type { Rng } from '#test/sim/world/scheduler.ts';
import { FAULTS } from './catalogue.ts';
import type { ChaosWorld, PlannedFault } from './fault.ts';

/** One fault and when it begins, ms after the round did. */
export interface ScheduledFault {
  readonly afterMs: number;
  readonly fault: PlannedFault;
}

const MOST = 6;
const SPREAD_MS = 4_000;

/** Draws up to six faults that overlap in time but not in what they are done to. */
export function drawRound(world: ChaosWorld, rng: Rng): readonly ScheduledFault[] {
  const wanted = 1 + rng.below(MOST);
  const locked = new Set<string>();
  const drawn: ScheduledFault[] = [];
  for (let draw = 0; draw < wanted; draw += 1) {
    const fault = rng.pick(FAULTS)?.(world, rng);
    const afterMs = rng.between(0, SPREAD_MS);
    if (!fault || fault.locks.some((lock) => locked.has(lock))) continue;
    for (const lock of fault.locks) locked.add(lock);
    drawn.push({ afterMs, fault });
  }
  return drawn;
}
