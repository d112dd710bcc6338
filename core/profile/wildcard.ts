/**
 * Whether a text is what a pattern says, in which `*` stands for any characters, none too, and `?` for one (EKS: wildcards of
 * Fargate profiles). One step for each character of the text, however many stars there are: bit i of `reached` says that the
 * text read so far can be what stands before the pattern's character i, and all bits move at once.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  const { length, stars, any, places } = readPattern(pattern);
  let reached = 1n;
  for (const character of text) {
    const here = any | (places.get(character) ?? 0n);
    reached = ((reached & here) << 1n) | (reached & stars);
    if (reached === 0n) return false;
  }
  return (reached & (1n << length)) !== 0n;
}

interface ReadPattern {
  /** Characters that are no stars. */
  readonly length: bigint;
  /** A bit for each place where a star stands before such a character, or behind the last. */
  readonly stars: bigint;
  /** Where any character may stand. */
  readonly any: bigint;
  /** Where a certain one must. */
  readonly places: ReadonlyMap<string, bigint>;
}

function readPattern(pattern: string): ReadPattern {
  const places = new Map<string, bigint>();
  let [length, stars, any] = [0n, 0n, 0n];
  for (const character of pattern) {
    const bit = 1n << length;
    if (character === '*') stars |= bit;
    else if (character === '?') any |= bit;
    else places.set(character, (places.get(character) ?? 0n) | bit);
    if (character !== '*') length += 1n;
  }
  return { length, stars, any, places };
}
