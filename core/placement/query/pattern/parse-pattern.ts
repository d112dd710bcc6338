import { compilePattern } from './compile-pattern.ts';
import { ANY, parseEscape, parseSet, singleCharacter } from './parse-set.ts';
import type { Pattern, PatternNode } from './pattern.ts';
import { PatternReader } from './pattern-reader.ts';

const MAX_GROUP_DEPTH = 10;
const MAX_REPEAT = 250;

/**
 * Reads the part of Java's regular expressions that a machine without back-tracking can run: characters, `.`, sets,
 * \d \s \w and their opposites, ^ and $, groups, |, * + ? and {n,m} with or without a reluctant ?, and (?i) in front.
 * Everything else is refused by its name. `base` is where the pattern stands in the query.
 */
export function parsePattern(source: string, base: number): Pattern {
  const reader = new PatternReader(source, base);
  const ignoresCase = reader.take('(?i)');
  const node = parseEither(reader, 0);
  if (!reader.isOver) reader.refuse('the regular expression has a closing parenthesis too many');
  return { source, program: compilePattern(node, reader), ignoresCase };
}

function parseEither(reader: PatternReader, depth: number): PatternNode {
  const branches = [parseSequence(reader, depth)];
  while (reader.take('|')) branches.push(parseSequence(reader, depth));
  return branches.length === 1 && branches[0] ? branches[0] : { kind: 'either', branches };
}

function parseSequence(reader: PatternReader, depth: number): PatternNode {
  const parts: PatternNode[] = [];
  while (!reader.isOver && reader.peek() !== '|' && reader.peek() !== ')') parts.push(parseRepeat(reader, depth));
  return { kind: 'sequence', parts };
}

function parseRepeat(reader: PatternReader, depth: number): PatternNode {
  const part = parseAtom(reader, depth);
  const bounds = parseBounds(reader);
  if (!bounds) return part;
  if (reader.peek() === '+') reader.unsupported('possessive quantifiers');
  // A reluctant quantifier finds another match first, but the whole text matches or not all the same.
  reader.take('?');
  if ('*+?{'.includes(reader.peek() || ' ')) reader.refuse('a quantifier follows a quantifier');
  return { kind: 'repeat', part, ...bounds };
}

type Bounds = Pick<PatternNode & { readonly kind: 'repeat' }, 'min' | 'max'>;

function parseBounds(reader: PatternReader): Bounds | undefined {
  if (reader.take('*')) return { min: 0 };
  if (reader.take('+')) return { min: 1 };
  if (reader.take('?')) return { min: 0, max: 1 };
  if (!reader.take('{')) return undefined;
  const min = parseNumber(reader) ?? reader.refuse('a quantifier in braces needs a number');
  if (reader.take('}')) return { min, max: min };
  if (!reader.take(',')) return reader.refuse('a quantifier in braces is {n}, {n,} or {n,m}');
  const max = parseNumber(reader);
  if (!reader.take('}')) return reader.refuse('a quantifier in braces is {n}, {n,} or {n,m}');
  if (max !== undefined && max < min) return reader.refuse('a quantifier in braces has its numbers out of order');
  return max === undefined ? { min } : { min, max };
}

function parseNumber(reader: PatternReader): number | undefined {
  let digits = '';
  while (/^\d$/.test(reader.peek()) && digits.length < 4) digits += reader.next();
  if (Number(digits) > MAX_REPEAT) reader.refuse(`a quantifier repeats more than ${MAX_REPEAT} times`);
  return digits === '' ? undefined : Number(digits);
}

function parseAtom(reader: PatternReader, depth: number): PatternNode {
  const character = reader.next();
  switch (character) {
    case '.':
      return { kind: 'set', set: ANY };
    case '[':
      return { kind: 'set', set: parseSet(reader) };
    case '\\':
      return { kind: 'set', set: parseEscape(reader) };
    case '^':
      return { kind: 'start' };
    case '$':
      return { kind: 'end' };
    case '(':
      return parseGroup(reader, depth);
    case '*':
    case '+':
    case '?':
    case '{':
      return reader.refuse(`nothing stands before the quantifier ${character}`);
    default:
      return { kind: 'set', set: singleCharacter(character) };
  }
}

const UNSUPPORTED_GROUPS: readonly (readonly [opening: string, construct: string])[] = [
  ['=', 'lookahead'],
  ['!', 'negative lookahead'],
  ['<=', 'lookbehind'],
  ['<!', 'negative lookbehind'],
  ['>', 'atomic groups'],
  ['<', 'named groups'],
];

function parseGroup(reader: PatternReader, depth: number): PatternNode {
  if (depth === MAX_GROUP_DEPTH) reader.refuse(`groups stand in each other more than ${MAX_GROUP_DEPTH} deep`);
  if (reader.take('?') && !reader.take(':')) {
    const construct = UNSUPPORTED_GROUPS.find(([opening]) => reader.take(opening))?.[1];
    reader.unsupported(construct ?? 'flags other than (?i) in front');
  }
  const node = parseEither(reader, depth + 1);
  if (!reader.take(')')) reader.refuse('the regular expression has an open parenthesis that is not closed');
  return node;
}
