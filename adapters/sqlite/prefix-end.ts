const LAST_CODE_POINT = 0x10ffff;
const BEFORE_SURROGATES = 0xd7ff;
const AFTER_SURROGATES = 0xe000;

/** Surrogates are not characters, so UTF-8 has no text between U+D7FF and U+E000. */
const following = (codePoint: number): number => (codePoint === BEFORE_SURROGATES ? AFTER_SURROGATES : codePoint + 1);

/**
 * The first text, in the order of UTF-8 bytes, after every text that starts with `prefix`; undefined when there is none.
 * UTF-8 keeps the order of code points, so raising the last one that can be raised is enough.
 */
export function prefixEnd(prefix: string): string | undefined {
  const codePoints = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (codePoints.at(-1) === LAST_CODE_POINT) codePoints.pop();
  const last = codePoints.pop();
  return last === undefined ? undefined : String.fromCodePoint(...codePoints, following(last));
}
