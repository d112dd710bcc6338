import { complain, refuseAt } from './complain.ts';
import { Lexer } from './lexer.ts';
import { parseComparison } from './parse-comparison.ts';
import type { Query } from './query.ts';

/** ECS's bound on the text of an expression. */
const MAX_QUERY_LENGTH = 2000;
/** Parentheses inside each other. */
export const MAX_QUERY_DEPTH = 10;

/**
 * Reads an expression of ECS's cluster query language: `not` binds tighter than `and`, `and` tighter than `or`.
 * Linear in the text; recursion follows parentheses only, and those are bounded.
 * Throws InvalidParameter that says where it is wrong and what was expected there.
 */
export function parseQuery(text: string): Query {
  if (text.length > MAX_QUERY_LENGTH) {
    refuseAt(MAX_QUERY_LENGTH, `it has ${text.length} characters, and at most ${MAX_QUERY_LENGTH} are allowed`);
  }
  return parseTokens(new Lexer(text));
}

/** The same without a bound on the length; the lexer knows afterwards how much it had to look at. */
export function parseTokens(lexer: Lexer): Query {
  const query = parseOr(lexer, 0);
  const rest = lexer.peek();
  if (rest.kind !== 'end') complain(rest.at, 'and, or, or the end of the expression', rest.text);
  return query;
}

function parseOr(lexer: Lexer, depth: number): Query {
  const operands = [parseAnd(lexer, depth)];
  while (lexer.takeSymbol('||') || lexer.takeWord('or')) operands.push(parseAnd(lexer, depth));
  return joined('or', operands);
}

function parseAnd(lexer: Lexer, depth: number): Query {
  const operands = [parseNot(lexer, depth)];
  while (lexer.takeSymbol('&&') || lexer.takeWord('and')) operands.push(parseNot(lexer, depth));
  return joined('and', operands);
}

const joined = (kind: 'and' | 'or', operands: readonly Query[]): Query => {
  const [only, ...others] = operands;
  return only && others.length === 0 ? only : { kind, operands };
};

/** Two negations undo each other, so that a thousand of them are no deeper than one. */
function parseNot(lexer: Lexer, depth: number): Query {
  let isNegated = false;
  while (lexer.takeSymbol('!') || lexer.takeWord('not')) isNegated = !isNegated;
  const operand = parseOperand(lexer, depth);
  return isNegated ? { kind: 'not', operand } : operand;
}

function parseOperand(lexer: Lexer, depth: number): Query {
  const { at } = lexer.peek();
  if (!lexer.takeSymbol('(')) return parseComparison(lexer);
  if (depth === MAX_QUERY_DEPTH) refuseAt(at, `parentheses stand in each other more than ${MAX_QUERY_DEPTH} deep`);
  const query = parseOr(lexer, depth + 1);
  const close = lexer.peek();
  if (!lexer.takeSymbol(')')) complain(close.at, 'and, or, or a closing parenthesis', close.text);
  return query;
}
