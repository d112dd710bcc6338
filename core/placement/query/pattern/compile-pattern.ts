import { assertNever } from '../../../assert-never.ts';
import type { Instruction, PatternNode } from './pattern.ts';
import type { PatternReader } from './pattern-reader.ts';

/** Bounds both the program and the work of making it: {n} writes its part n times. */
const MAX_SIZE = 500;
const RANGES_PER_PART = 8;

/** Thompson's construction: the program has no more steps than the pattern, written out, has parts. */
export function compilePattern(node: PatternNode, reader: PatternReader): readonly Instruction[] {
  const program: Instruction[] = [];
  let visits = 0;
  const emit = (part: PatternNode): void => {
    // A character is compared with the ranges of a set one by one, so a set of many counts for more than one part.
    visits += part.kind === 'set' ? 1 + Math.floor(part.set.ranges.length / RANGES_PER_PART) : 1;
    if (visits > MAX_SIZE || program.length > MAX_SIZE) {
      reader.refuse(
        `the regular expression is too large once its quantifiers are written out (over ${MAX_SIZE} parts)`,
      );
    }
    switch (part.kind) {
      case 'set':
      case 'start':
      case 'end':
        program.push(part);
        return;
      case 'sequence':
        for (const inner of part.parts) emit(inner);
        return;
      case 'either':
        emitEither(part.branches);
        return;
      case 'repeat':
        emitRepeat(part);
        return;
      default:
        assertNever(part);
    }
  };
  /** A fork to every branch; each branch but the last then forks to what follows them all. */
  const emitEither = (branches: readonly PatternNode[]): void => {
    const fork = reserve(program);
    const starts: number[] = [];
    const leaving: number[] = [];
    branches.forEach((branch, position) => {
      starts.push(program.length);
      emit(branch);
      if (position < branches.length - 1) leaving.push(reserve(program));
    });
    program[fork] = { kind: 'fork', to: starts };
    for (const leave of leaving) program[leave] = { kind: 'fork', to: [program.length] };
  };
  const emitRepeat = ({ part, min, max }: PatternNode & { readonly kind: 'repeat' }): void => {
    for (let times = 0; times < min; times += 1) emit(part);
    if (max === undefined) {
      const fork = reserve(program);
      emit(part);
      program.push({ kind: 'fork', to: [fork] });
      program[fork] = { kind: 'fork', to: [fork + 1, program.length] };
      return;
    }
    const optional: number[] = [];
    for (let times = min; times < max; times += 1) {
      optional.push(reserve(program));
      emit(part);
    }
    for (const fork of optional) program[fork] = { kind: 'fork', to: [fork + 1, program.length] };
  };
  emit(node);
  program.push({ kind: 'accept' });
  return program;
}

/** Keeps a place in the program whose targets are known later. */
function reserve(program: Instruction[]): number {
  program.push({ kind: 'fork', to: [] });
  return program.length - 1;
}
