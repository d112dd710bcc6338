import { setTimeout as pause } from 'node:timers/promises';
import { Rng } from '#test/sim/world/scheduler.ts';
import type { BuiltWorld } from './chaos-world.ts';
import { drawRound, type ScheduledFault } from './faults/draw-round.ts';
import { differences } from './oracles/differences.ts';
import { SAMPLE_MS } from './sampler.ts';

export interface RoundsOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly tell: (line: string) => void;
  readonly onViolation: (invariant: string, story: string) => void;
  readonly isOver: () => boolean;
}

export interface RoundsResult {
  readonly rounds: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly recoveriesMs: readonly number[];
}

/** L1 at the documented pace, and what it is never below: one hung call and a stop do not scale. */
const CONVERGE_MS = 90_000;
const CONVERGE_LEAST_MS = 45_000;
/** Looks in a row without a difference before the world counts as converged. */
const STEADY_LOOKS = 4;

/** Round after round: faults that overlap, all healed, and then everything must be as it should be within L1's bound. */
export async function runRounds(world: BuiltWorld, options: RoundsOptions): Promise<RoundsResult> {
  const { seed, minutes, tell, isOver } = options;
  const rng = new Rng(seed);
  const faults: Record<string, number> = {};
  const recoveriesMs: number[] = [];
  const end = performance.now() + minutes * 60_000;
  let rounds = 0;
  while (performance.now() < end && !isOver()) {
    rounds += 1;
    const drawn = drawRound(world, rng);
    tell(`round ${rounds}: ${drawn.map(({ fault }) => fault.kind).join(', ') || 'nothing'}`);
    world.operator.resume();
    await Promise.all(drawn.map((one) => play(one, faults, tell)));
    await world.operator.pause();
    tell('all is healed');
    const recovered = await converge(world, options);
    if (recovered === undefined) break;
    tell(`as it should be after ${(recovered / 1_000).toFixed(1)} s`);
    recoveriesMs.push(recovered);
  }
  return { rounds, faults, recoveriesMs };
}

async function play(
  { afterMs, fault }: ScheduledFault,
  faults: Record<string, number>,
  tell: (line: string) => void,
): Promise<void> {
  await pause(afterMs);
  tell(`fault: ${fault.story}`);
  faults[fault.kind] = (faults[fault.kind] ?? 0) + 1;
  const heal = await fault.inject();
  await pause(fault.holdMs);
  await heal();
  if (fault.holdMs > 0) tell(`healed: ${fault.story}`);
}

/** L1: answers how long it took, or tells the violation. */
export async function converge(
  world: BuiltWorld,
  { onViolation, isOver }: Pick<RoundsOptions, 'onViolation' | 'isOver'>,
): Promise<number | undefined> {
  const began = performance.now();
  const bound = Math.max(CONVERGE_LEAST_MS, CONVERGE_MS * world.timeScale);
  let left: readonly string[] = [];
  let since: number | undefined;
  let looks = 0;
  for (
    let last = 0;
    performance.now() - began < bound + STEADY_LOOKS * SAMPLE_MS && !isOver();
    await pause(SAMPLE_MS / 2)
  ) {
    const { newest } = world.sampler;
    if (!newest || newest.at <= began || newest.at === last) continue;
    last = newest.at;
    left = differences(newest);
    if (left.length > 0) {
      since = undefined;
      looks = 0;
      continue;
    }
    since ??= newest.at;
    looks += 1;
    if (looks >= STEADY_LOOKS) return since - began;
  }
  if (!isOver())
    onViolation('L1', `not converged ${Math.round(bound / 1_000)} s after the last fault: ${left.join('; ')}`);
  return undefined;
}
