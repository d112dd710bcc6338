import type { CapacityProviderStrategy, StrategyItem } from '../model/capacity-provider.ts';

/**
 * The provider of the task at a position, counted from 0. It depends on nothing else, so that the slots of a service
 * keep theirs whichever of them start and stop, and the first N slots are shared out as N tasks should be.
 * The base comes first and exactly; of any number of further tasks each provider's are within 1 of its weight's share.
 */
export function providerAt(strategy: CapacityProviderStrategy, position: number): string {
  const base = strategy.find((item) => item.base > 0);
  if (base && position < base.base) return base.capacityProvider;
  const sequence = sequenceOf(strategy);
  // After as many tasks as all weights together every share is met exactly, and it begins anew.
  return turnAt(sequence, (position - (base?.base ?? 0)) % sequence.total);
}

/** The turns of the providers as far as anybody asked; grows as it is read. */
interface Sequence {
  readonly items: readonly StrategyItem[];
  readonly total: number;
  readonly turns: number[];
  /** How many turns each item had so far. */
  readonly taken: number[];
}

/** Strategies are values that never change: what was worked out for one is good as long as it lives. */
const known = new WeakMap<CapacityProviderStrategy, Sequence>();

function sequenceOf(strategy: CapacityProviderStrategy): Sequence {
  const found = known.get(strategy);
  if (found) return found;
  const items = strategy.filter(({ weight }) => weight > 0);
  const total = items.reduce((sum, { weight }) => sum + weight, 0);
  const sequence = { items, total, turns: [], taken: items.map(() => 0) };
  known.set(strategy, sequence);
  return sequence;
}

function turnAt(sequence: Sequence, position: number): string {
  const { items, turns, taken } = sequence;
  while (turns.length <= position) {
    const chosen = nextTurn(sequence);
    taken[chosen] = (taken[chosen] ?? 0) + 1;
    turns.push(chosen);
  }
  return items[turns[position] ?? 0]?.capacityProvider ?? '';
}

/**
 * Whose turn is next. Giving each turn to whoever lacks most can leave somebody more than 1 behind when there are many;
 * Tijdeman's rule for the chairman assignment problem (Discrete Mathematics 32, 1980) cannot: among those who are far
 * enough behind, the one whose last moment comes first.
 */
function nextTurn({ items, total, turns, taken }: Sequence): number {
  const slack = 2 * items.length - 2;
  if (slack === 0) return 0;
  let chosen = -1;
  let urgency = 0;
  items.forEach(({ weight }, at) => {
    // All in whole numbers: the share a turn from now less what was taken, times `total` and `slack`.
    const lack = ((turns.length + 1) * weight - (taken[at] ?? 0) * total) * slack;
    if (lack < total) return;
    const left = total * (slack - 1) - lack;
    if (chosen >= 0 && left * (items[chosen]?.weight ?? 0) >= urgency * weight) return;
    chosen = at;
    urgency = left;
  });
  return chosen;
}
