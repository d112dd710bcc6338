import { assertNever } from '../../../assert-never.ts';
import type { CharacterSet, Pattern } from './pattern.ts';

/** A fleet has few zones and types of instances: one answer serves all that share a value. */
const known = new WeakMap<Pattern, Map<string, boolean>>();
const MAX_KNOWN = 256;

/** True when the whole text matches. */
export function isMatch(pattern: Pattern, text: string): boolean {
  const answers = known.get(pattern) ?? new Map<string, boolean>();
  const answered = answers.get(text);
  if (answered !== undefined) return answered;
  const { isMatch: answer } = runPattern(pattern, text);
  if (answers.size < MAX_KNOWN) answers.set(text, answer);
  known.set(pattern, answers);
  return answer;
}

/** The same, with the number of instructions looked at: at most the text's length times the program's. */
export function runPattern(pattern: Pattern, text: string): { readonly isMatch: boolean; readonly steps: number } {
  const characters = [...text].map((character) => character.codePointAt(0) ?? 0);
  let states: readonly number[] = [0];
  let steps = 0;
  for (let at = 0; ; at += 1) {
    const reached = follow(pattern, states, at === 0, at === characters.length);
    steps += reached.looked;
    const code = characters[at];
    if (code === undefined) return { isMatch: reached.isAccepted, steps };
    states = reached.waiting.filter(({ set }) => holdsCode(set, code, pattern.ignoresCase)).map(({ next }) => next);
    if (states.length === 0) return { isMatch: false, steps };
  }
}

interface Reached {
  readonly waiting: readonly { readonly set: CharacterSet; readonly next: number }[];
  readonly isAccepted: boolean;
  readonly looked: number;
}

/** Every instruction that can be reached without reading a character; each is looked at once. */
function follow({ program }: Pattern, states: readonly number[], isStart: boolean, isEnd: boolean): Reached {
  const seen = new Set(states);
  const waiting: { set: CharacterSet; next: number }[] = [];
  let isAccepted = false;
  // A set is walked in the order of insertion, with what is added on the way.
  for (const at of seen) {
    const instruction = program[at];
    switch (instruction?.kind) {
      case undefined:
        break;
      case 'set':
        waiting.push({ set: instruction.set, next: at + 1 });
        break;
      case 'start':
        if (isStart) seen.add(at + 1);
        break;
      case 'end':
        if (isEnd) seen.add(at + 1);
        break;
      case 'fork':
        for (const to of instruction.to) seen.add(to);
        break;
      case 'accept':
        isAccepted = true;
        break;
      default:
        assertNever(instruction);
    }
  }
  return { waiting, isAccepted, looked: seen.size };
}

const CASE_GAP = 32;
const isUpper = (code: number): boolean => code >= 65 && code <= 90;
const isLower = (code: number): boolean => code >= 97 && code <= 122;

/** Java's (?i) knows the case of ASCII letters only. */
function holdsCode({ ranges, isNegated }: CharacterSet, code: number, ignoresCase: boolean): boolean {
  const isIn = (wanted: number): boolean => ranges.some(([from, to]) => wanted >= from && wanted <= to);
  const other = isUpper(code) ? code + CASE_GAP : isLower(code) ? code - CASE_GAP : code;
  return (isIn(code) || (ignoresCase && isIn(other))) !== isNegated;
}
