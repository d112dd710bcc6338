import type { CharacterSet } from './pattern.ts';
import type { PatternReader } from './pattern-reader.ts';

type Range = readonly [from: number, to: number];

const codeOf = (character: string): number => character.codePointAt(0) ?? 0;
const only = (...characters: readonly string[]): readonly Range[] =>
  characters.map((character) => [codeOf(character), codeOf(character)]);
const between = (from: string, to: string): Range => [codeOf(from), codeOf(to)];

const DIGITS: readonly Range[] = [between('0', '9')];
const SPACES: readonly Range[] = only(' ', '\t', '\n', '\v', '\f', '\r');
const WORD: readonly Range[] = [between('a', 'z'), between('A', 'Z'), ...DIGITS, ...only('_')];

/** Java's dot: anything but the end of a line. */
export const ANY: CharacterSet = { ranges: only('\n', '\r', '\u0085', '\u2028', '\u2029'), isNegated: true };

export const singleCharacter = (character: string): CharacterSet => ({ ranges: only(character), isNegated: false });

const CLASSES: Readonly<Record<string, CharacterSet>> = {
  d: { ranges: DIGITS, isNegated: false },
  D: { ranges: DIGITS, isNegated: true },
  s: { ranges: SPACES, isNegated: false },
  S: { ranges: SPACES, isNegated: true },
  w: { ranges: WORD, isNegated: false },
  W: { ranges: WORD, isNegated: true },
};
const CONTROLS: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

const UNSUPPORTED_ESCAPES: readonly (readonly [letters: string, construct: string])[] = [
  ['123456789k', 'back references'],
  ['pP', 'Unicode classes (\\p)'],
  ['bBAGzZ', 'boundaries other than ^ and $'],
  ['QE', 'quotation (\\Q...\\E)'],
  ['0xucNe', 'characters by number or name'],
  ['hHvVRX', 'classes other than \\d, \\s and \\w'],
];

/** What follows a backslash: a class or one character. */
export function parseEscape(reader: PatternReader): CharacterSet {
  const letter = reader.next();
  const known = CLASSES[letter];
  if (known) return known;
  const control = CONTROLS[letter];
  if (control) return singleCharacter(control);
  if (letter === '') return reader.refuse('the regular expression ends with a backslash');
  if (!/[A-Za-z0-9]/.test(letter)) return singleCharacter(letter);
  const construct = UNSUPPORTED_ESCAPES.find(([letters]) => letters.includes(letter))?.[1];
  return reader.unsupported(construct ?? `escape \\${letter}`);
}

/** What follows an opening bracket, up to and with the closing one. */
export function parseSet(reader: PatternReader): CharacterSet {
  const isNegated = reader.take('^');
  const ranges: Range[] = [];
  do {
    if (reader.isOver) reader.refuse('the regular expression has an open bracket that is not closed');
    if (reader.peek() === '[') reader.unsupported('unions of character classes ([a[b]])');
    if (reader.peek() === '&' && reader.peek(1) === '&') reader.unsupported('intersections of character classes (&&)');
    ranges.push(...parseMember(reader));
  } while (!reader.take(']'));
  return { ranges, isNegated };
}

/** One character, class or range of a set. */
function parseMember(reader: PatternReader): readonly Range[] {
  const first = memberSet(reader);
  const isRange = reader.peek() === '-' && reader.peek(1) !== ']' && reader.peek(1) !== '';
  if (first.isNegated) return complement(first.ranges);
  if (!isRange) return first.ranges;
  reader.take('-');
  const last = memberSet(reader);
  const from = singleCode(first);
  const to = singleCode(last);
  if (from === undefined || to === undefined || from > to)
    return reader.refuse('a range of characters is not in order');
  return [[from, to]];
}

const memberSet = (reader: PatternReader): CharacterSet => {
  const character = reader.next();
  return character === '\\' ? parseEscape(reader) : singleCharacter(character);
};

function singleCode({ ranges, isNegated }: CharacterSet): number | undefined {
  const [range, ...others] = ranges;
  return !isNegated && others.length === 0 && range && range[0] === range[1] ? range[0] : undefined;
}

const LAST_CODE_POINT = 0x10ffff;

/** Everything outside the ranges, for \D, \S and \W inside a set. */
function complement(ranges: readonly Range[]): readonly Range[] {
  const gaps: Range[] = [];
  let from = 0;
  for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0])) {
    if (start > from) gaps.push([from, start - 1]);
    from = Math.max(from, end + 1);
  }
  if (from <= LAST_CODE_POINT) gaps.push([from, LAST_CODE_POINT]);
  return gaps;
}
