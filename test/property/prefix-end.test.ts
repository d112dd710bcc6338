import fc from 'fast-check';
import { expect, test } from 'vitest';
import { prefixEnd } from '#adapters/sqlite/prefix-end.ts';

const text = fc.string({
  unit: fc.constantFrom('a', 'b', '\ud7ff', '\ue000', '\u{10fffe}', '\u{10ffff}'),
  maxLength: 4,
});
const bytes = (value: string): Buffer => Buffer.from(value, 'utf8');

test('prefixEnd, any prefix and text, separates what starts with the prefix from what comes after', () => {
  fc.assert(
    fc.property(text, text, (prefix, candidate) => {
      const end = prefixEnd(prefix);
      const within =
        bytes(candidate).compare(bytes(prefix)) >= 0 && (end === undefined || bytes(candidate).compare(bytes(end)) < 0);
      expect(within).toBe(candidate.startsWith(prefix));
    }),
    { numRuns: 2_000 },
  );
});
