/** Full jitter: uniform between zero and a bound that doubles with every failure, so a crowd of agents spreads out. */
export function fullJitter(failures: number, first: number, max: number, random: () => number): number {
  return random() * Math.min(max, first * 2 ** Math.min(failures, 16));
}
