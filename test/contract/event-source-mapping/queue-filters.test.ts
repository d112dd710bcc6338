import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { matchesPattern } from '#local/event-source-mapping/matches-pattern.ts';

type Recorded = { readonly pattern: unknown; readonly delivered: readonly unknown[] };
const file = new URL('recorded/queue-filters.json', import.meta.url);
const recorded = JSON.parse(readFileSync(file, 'utf8')) as readonly Recorded[];

test.each(recorded)('filter, a message AWS delivered through $pattern, it matches', ({ pattern, delivered }) => {
  for (const body of delivered) expect(matchesPattern(pattern, { body })).toBe(true);
  expect(matchesPattern(pattern, { body: 'this is a test string' })).toBe(false);
});
