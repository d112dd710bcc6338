import type { Rule } from '../mutants/mutants.ts';
import { openWorld, type Violation } from '../world/open-world.ts';
import {
  clonedIdentity,
  containersSweptAway,
  createInFlight,
  listingFails,
  oldAnswerAfterRestart,
  stopDuringStart,
} from './agent-schedules.ts';
import { fencedAgentStopped } from './fence-schedules.ts';
import { askedAgain } from './intent-schedules.ts';
import { controlPlaneAway, leaseAnswerLate, lostWhileRenewing } from './lease-schedules.ts';
import {
  backOffForgotten,
  crashDuringHealthyStop,
  crashingNeighbour,
  drainCutShort,
  longBackOff,
} from './service-schedules.ts';
import { type Directed, Stage } from './stage.ts';

/** Schedules written for one moment each; without a mutant none of them breaks anything. */
export const DIRECTED: readonly Directed[] = [
  askedAgain,
  backOffForgotten,
  clonedIdentity,
  containersSweptAway,
  controlPlaneAway,
  crashDuringHealthyStop,
  crashingNeighbour,
  createInFlight,
  drainCutShort,
  fencedAgentStopped,
  leaseAnswerLate,
  listingFails,
  longBackOff,
  lostWhileRenewing,
  oldAnswerAfterRestart,
  stopDuringStart,
];

/** Plays one schedule to its end or to the first violation. */
export async function playDirected(
  { agents, play }: Directed,
  options: { readonly seed?: number; readonly mutant?: Rule | undefined; readonly trace?: (line: string) => void } = {},
): Promise<Violation | undefined> {
  const { wiring, run } = play();
  const sim = await openWorld({ seed: 1, agents, wiring, ...options });
  try {
    await run(new Stage(sim));
    if (!sim.isOver()) sim.oracles.intents.check();
    return sim.violation();
  } finally {
    sim.close();
  }
}
