import { assertNever } from '../../assert-never.ts';
import { complain } from './complain.ts';
import type { Lexer, Token } from './lexer.ts';
import { parseCount, parseDate, parseVersion } from './operands.ts';
import { parsePattern } from './pattern/parse-pattern.ts';
import type { Query, Relation, TextSubject } from './query.ts';

type Operator = Relation | 'exists' | '!exists' | 'in' | '!in' | '=~' | '!~';

/** Every way to write an operator; those that begin with ! and a word are read as two tokens. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ['==', '=='],
  ['equals', '=='],
  ['!=', '!='],
  ['not_equals', '!='],
  ['>', '>'],
  ['greater_than', '>'],
  ['>=', '>='],
  ['greater_than_equal', '>='],
  ['<', '<'],
  ['less_than', '<'],
  ['<=', '<='],
  ['less_than_equal', '<='],
  ['exists', 'exists'],
  ['!exists', '!exists'],
  ['not_exists', '!exists'],
  ['in', 'in'],
  ['!in', '!in'],
  ['not_in', '!in'],
  ['=~', '=~'],
  ['matches', '=~'],
  ['!~', '!~'],
  ['not_matches', '!~'],
]);

const EQUALITY: readonly Operator[] = ['==', '!='];
const ORDER: readonly Operator[] = ['>', '>=', '<', '<='];
const TEXT: readonly Operator[] = [...EQUALITY, 'in', '!in', '=~', '!~'];
const EXISTENCE: readonly Operator[] = ['exists', '!exists'];

type Subject = TextSubject | { readonly kind: 'agentVersion' | 'registeredAt' | 'runningTasksCount' };

/** The operators ECS allows with each subject; those of attributes and groups it leaves open. */
const ALLOWED: Readonly<Record<Subject['kind'], readonly Operator[]>> = {
  agentConnected: TEXT,
  ec2InstanceId: TEXT,
  'task:group': [...TEXT, ...EXISTENCE],
  attribute: [...TEXT, ...ORDER, ...EXISTENCE],
  agentVersion: [...EQUALITY, ...ORDER],
  registeredAt: [...EQUALITY, ...ORDER],
  runningTasksCount: [...EQUALITY, ...ORDER],
};

/** One `subject operator [argument]`. */
export function parseComparison(lexer: Lexer): Query {
  const subject = parseSubject(lexer.next());
  const { operator, at } = parseOperator(lexer);
  if (!ALLOWED[subject.kind].includes(operator)) {
    const name = subject.kind === 'attribute' ? `attribute:${subject.name}` : subject.kind;
    complain(at, `one of the operators of ${name} (${ALLOWED[subject.kind].join(', ')})`, operator);
  }
  switch (subject.kind) {
    case 'agentVersion': {
      const bound = argument(lexer, 'a version such as 1.14.5', parseVersion);
      return { kind: 'agentVersion', relation: operator as Relation, bound };
    }
    case 'registeredAt': {
      const bound = argument(lexer, 'a date such as 2018-06-18 or 2018-06-18T22:28:28Z', parseDate);
      return { kind: 'registeredAt', relation: operator as Relation, bound };
    }
    case 'runningTasksCount': {
      const bound = argument(lexer, 'a number of tasks', parseCount);
      return { kind: 'runningTasksCount', relation: operator as Relation, bound };
    }
    default:
      return parseTextComparison(lexer, subject, operator);
  }
}

function parseTextComparison(lexer: Lexer, subject: TextSubject, operator: Operator): Query {
  switch (operator) {
    case 'exists':
      return { kind: 'exists', subject };
    case '!exists':
      return { kind: 'not', operand: { kind: 'exists', subject } };
    case '==':
    case '!=':
      return { kind: 'in', subject, values: new Set([textArgument(lexer, subject)]), isNegated: operator === '!=' };
    case 'in':
    case '!in':
      return { kind: 'in', subject, values: parseList(lexer, subject), isNegated: operator === '!in' };
    case '=~':
    case '!~': {
      const token = lexer.pattern();
      if (token.kind === 'end') complain(token.at, 'a regular expression', lexer.peek().text);
      const at = token.kind === 'word' && token.isQuoted ? token.at + 1 : token.at;
      return { kind: 'matches', subject, pattern: parsePattern(token.text, at), isNegated: operator === '!~' };
    }
    case '>':
    case '>=':
    case '<':
    case '<=':
      return {
        kind: 'attribute-order',
        name: subject.kind === 'attribute' ? subject.name : '',
        relation: operator,
        bound: textArgument(lexer, subject),
      };
    default:
      return assertNever(operator);
  }
}

const ATTRIBUTE = 'attribute:';
const SUBJECTS = [
  'agentConnected',
  'agentVersion',
  'ec2InstanceId',
  'registeredAt',
  'runningTasksCount',
  'task:group',
] as const;
const EXPECTED_SUBJECT = `a subject (${SUBJECTS.join(', ')} or attribute:NAME)`;

function parseSubject(token: Token): Subject {
  if (token.kind !== 'word' || token.isQuoted) return complain(token.at, EXPECTED_SUBJECT, token.text);
  const known = SUBJECTS.find((name) => name === token.text);
  if (known) return { kind: known };
  if (!token.text.startsWith(ATTRIBUTE)) return complain(token.at, EXPECTED_SUBJECT, token.text);
  const name = token.text.slice(ATTRIBUTE.length);
  if (!/^[A-Za-z0-9_./\\-]{1,128}$/.test(name)) complain(token.at, 'the name of an attribute', token.text);
  return { kind: 'attribute', name };
}

function parseOperator(lexer: Lexer): { readonly operator: Operator; readonly at: number } {
  const token = lexer.next();
  const isNegated = token.kind === 'symbol' && token.text === '!';
  const parts = isNegated ? [token, lexer.next()] : [token];
  const text = parts.map((part) => part.text).join('');
  const isQuoted = parts.some((part) => part.kind === 'word' && part.isQuoted);
  const operator = isQuoted ? undefined : OPERATORS.get(text);
  if (!operator) complain(token.at, 'an operator (==, !=, >, >=, <, <=, exists, !exists, in, !in, =~ or !~)', text);
  return { operator, at: token.at };
}

function parseList(lexer: Lexer, subject: TextSubject): ReadonlySet<string> {
  const open = lexer.peek();
  if (!lexer.takeSymbol('[')) complain(open.at, 'a list such as [a, b]', open.text);
  const values = new Set([textArgument(lexer, subject)]);
  while (lexer.takeSymbol(',')) values.add(textArgument(lexer, subject));
  const close = lexer.peek();
  if (!lexer.takeSymbol(']')) complain(close.at, 'a comma or a closing bracket', close.text);
  return values;
}

function textArgument(lexer: Lexer, subject: TextSubject): string {
  const token = lexer.next();
  if (token.kind !== 'word') return complain(token.at, 'a value', token.text);
  const isTruth = token.text === 'true' || token.text === 'false';
  if (subject.kind === 'agentConnected' && !isTruth) complain(token.at, 'true or false', token.text);
  return token.text;
}

function argument<T>(lexer: Lexer, expected: string, parse: (text: string) => T | undefined): T {
  const token = lexer.next();
  const value = token.kind === 'word' ? parse(token.text) : undefined;
  return value ?? complain(token.at, expected, token.text);
}
