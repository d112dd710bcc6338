const RANGE = /^(\d{1,9})(?:-(\d{1,9}))?$/;
/** More indexes than any job of this size can have are not read. */
const MAX_INDEXES = 100_000;

/** Reads indexes as a Job's status writes them: `0-2,5`. What cannot be read is left out. */
export function readIndexes(text: unknown): ReadonlySet<number> {
  const found = new Set<number>();
  for (const part of typeof text === 'string' ? text.split(',') : []) {
    const [, first, last = first] = RANGE.exec(part) ?? [];
    if (first === undefined) continue;
    for (let index = Number(first); index <= Number(last) && found.size < MAX_INDEXES; index += 1) found.add(index);
  }
  return found;
}

/** Writes indexes in order, neighbours as a range. */
export function writeIndexes(indexes: ReadonlySet<number>): string {
  const ranges: { first: number; last: number }[] = [];
  for (const index of [...indexes].sort((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range && range.last + 1 === index) range.last = index;
    else ranges.push({ first: index, last: index });
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
