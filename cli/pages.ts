/** Collects every page of a listing. */
export async function allPages<P>(pages: AsyncIterable<P>, items: (page: P) => readonly string[] | undefined) {
  const found: string[] = [];
  for await (const page of pages) found.push(...(items(page) ?? []));
  return found;
}

/** Runs `describe` over groups of at most `size`, because Describe operations take a bounded list. */
export async function inGroups<I, O>(
  all: readonly I[],
  size: number,
  describe: (group: I[]) => Promise<readonly O[] | undefined>,
): Promise<readonly O[]> {
  const described: O[] = [];
  for (let start = 0; start < all.length; start += size) {
    described.push(...((await describe(all.slice(start, start + size))) ?? []));
  }
  return described;
}
