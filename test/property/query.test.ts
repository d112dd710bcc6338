import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '#core/fault.ts';
import { evaluateQuery } from '#core/placement/query/evaluate-query.ts';
import { Lexer } from '#core/placement/query/lexer.ts';
import { parseQuery, parseTokens } from '#core/placement/query/parse-query.ts';
import { runPattern } from '#core/placement/query/pattern/match-pattern.ts';
import { parsePattern } from '#core/placement/query/pattern/parse-pattern.ts';
import type { InstanceFacts } from '#core/placement/query/query.ts';

/** An expression as text, together with what it must answer, worked out without the parser. */
interface Sample {
  readonly text: string;
  readonly answer: (facts: InstanceFacts) => boolean;
}

const word = fc.constantFrom('a', 'b', 'true', 'web', '10', '9');
const space = fc.constantFrom(' ', '  ', '\t', '\n');
const written = (value: string) => fc.constantFrom(value, `'${value}'`, `"${value}"`);
const relations = [
  { spellings: ['==', 'equals'], holds: (difference: number) => difference === 0 },
  { spellings: ['!=', 'not_equals'], holds: (difference: number) => difference !== 0 },
  { spellings: ['>', 'greater_than'], holds: (difference: number) => difference > 0 },
  { spellings: ['>=', 'greater_than_equal'], holds: (difference: number) => difference >= 0 },
  { spellings: ['<', 'less_than'], holds: (difference: number) => difference < 0 },
  { spellings: ['<=', 'less_than_equal'], holds: (difference: number) => difference <= 0 },
] as const;

const spelled = (spellings: readonly string[]) => fc.constantFrom(...spellings);

/** A subject of text: `values` are those the facts have for it. */
const subject = fc.constantFrom(
  { name: 'attribute:x', values: ({ attributes }: InstanceFacts) => own(attributes, 'x') },
  { name: 'attribute:y.z', values: ({ attributes }: InstanceFacts) => own(attributes, 'y.z') },
  { name: 'task:group', values: ({ groups }: InstanceFacts) => [...groups] },
);
const own = (attributes: Readonly<Record<string, string>>, name: string): readonly string[] =>
  Object.hasOwn(attributes, name) ? [attributes[name] ?? ''] : [];

const isNone = (values: readonly string[], name: string): boolean => values.length === 0 && name === 'task:group';

const equality = fc
  .tuple(subject, fc.boolean(), fc.array(word, { minLength: 1, maxLength: 3 }), space)
  .chain(([{ name, values }, isNegated, wanted, gap]) => {
    const isList = wanted.length > 1;
    const positive = isList ? ['in'] : ['==', 'equals'];
    const negative = isList ? ['!in', 'not_in'] : ['!=', 'not_equals'];
    return fc
      .tuple(spelled(isNegated ? negative : positive), fc.tuple(...wanted.map(written)))
      .map(([operator, parts]): Sample => {
        const argument = isList ? `[${parts.join(`${gap},`)}]` : parts[0];
        return {
          text: `${name}${gap}${operator}${gap}${argument}`,
          answer: (facts) => {
            const given = values(facts);
            const isAny = given.some((value) => wanted.some((one) => one === value));
            return isNegated ? isNone(given, name) || (given.length > 0 && !isAny) : isAny;
          },
        };
      });
  });

const existence = fc.tuple(subject, fc.constantFrom('exists', '!exists', 'not_exists')).map(
  ([{ name, values }, operator]): Sample => ({
    text: `${name} ${operator}`,
    answer: (facts) => values(facts).length > 0 === (operator === 'exists'),
  }),
);

/** Made of the constructs both engines read alike, over a small alphabet so that many of them match. */
const regex = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\w', '[a-c9]', '\\.', '', '^', '$', '\\S', '[\\D]'),
    fc.tuple(tie('node'), tie('node')).map(([one, other]) => one + other),
    fc.tuple(tie('node'), tie('node')).map(([one, other]) => `(${one}|${other})`),
    fc
      .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '{1,}', '*?', '+?'))
      .map(([part, quantifier]) => `(?:${part})${quantifier}`),
  ),
})).node;
const shortText = fc
  .array(fc.constantFrom('a', 'b', 'c', '9', '.', 'A', ' '), { maxLength: 8 })
  .map((it) => it.join(''));

const pattern = fc.tuple(subject, regex, fc.constantFrom('=~', 'matches', '!~', 'not_matches')).map(
  ([{ name, values }, source, operator]): Sample => ({
    text: `${name} ${operator} '${source}'`,
    answer: (facts) => {
      const given = values(facts);
      const isAny = given.some((value) => new RegExp(`^(?:${source})$`, 'u').test(value));
      const isNegated = operator === '!~' || operator === 'not_matches';
      return isNegated ? isNone(given, name) || (given.length > 0 && !isAny) : isAny;
    },
  }),
);

const order = fc.tuple(fc.constantFrom(...relations), fc.nat(3), fc.boolean()).chain(([relation, bound, isCount]) =>
  spelled(relation.spellings).map(
    (operator): Sample => ({
      text: isCount ? `runningTasksCount ${operator} ${bound}` : `agentVersion ${operator} 1.${bound}.0`,
      answer: (facts) =>
        relation.holds((isCount ? facts.runningTasksCount : Number(facts.agentVersion?.split('.')[1])) - bound),
    }),
  ),
);

const comparison = fc.oneof(equality, existence, pattern, order);

/** What is generated stays within five pairs of parentheses; `not` in front of one more. */
const expression = fc.letrec<{ any: Sample }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'medium', maxDepth: 4 },
    comparison,
    fc
      .tuple(tie('any'), fc.constantFrom('!', 'not ', 'not'))
      .map(([it, not]): Sample => ({ text: `${not}(${it.text})`, answer: (facts) => !it.answer(facts) })),
    fc.tuple(tie('any'), tie('any'), fc.constantFrom('&&', ' and ', ' or ', '||')).map(
      ([one, other, operator]): Sample => ({
        text: `(${one.text})${operator}(${other.text})`,
        answer: (facts) =>
          operator === ' and ' || operator === '&&'
            ? one.answer(facts) && other.answer(facts)
            : one.answer(facts) || other.answer(facts),
      }),
    ),
  ),
})).any;

const instance: fc.Arbitrary<InstanceFacts> = fc.record({
  agentConnected: fc.boolean(),
  agentVersion: fc.nat(3).map((minor) => `1.${minor}.0`),
  attributes: fc.dictionary(fc.constantFrom('x', 'y.z'), fc.oneof(word, shortText)),
  runningTasksCount: fc.nat(3),
  groups: fc.array(word, { maxLength: 2 }).map((groups) => new Set(groups)),
});

/** What was wrong with the text; undefined when it was read. Anything else that is thrown goes on. */
function complaintOf(text: string, read: () => unknown = () => parseQuery(text)): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof Fault && error.code === 'InvalidParameter') return error.message;
    throw error;
  }
}

describe('cluster query', () => {
  it('any expression on any instance: it answers what the meaning of its parts says', () => {
    fc.assert(
      fc.property(expression, instance, (sample, facts) => {
        fc.pre(sample.text.length <= 2000);
        expect(evaluateQuery(parseQuery(sample.text), facts), sample.text).toBe(sample.answer(facts));
      }),
      { numRuns: 2000 },
    );
  });

  it('any chain of and and or without parentheses: and binds tighter', () => {
    const chain = fc.array(fc.tuple(comparison, fc.constantFrom(' and ', ' && ', ' or ', ' || ')), { minLength: 1 });
    fc.assert(
      fc.property(chain, instance, (links, facts) => {
        const text = links.map(([{ text: it }, operator], at) => (at === 0 ? it : operator + it)).join('');
        fc.pre(text.length <= 2000);
        const groups: boolean[][] = [];
        links.forEach(([{ answer }, operator], at) => {
          if (at === 0 || operator === ' or ' || operator === ' || ') groups.push([]);
          groups.at(-1)?.push(answer(facts));
        });
        expect(evaluateQuery(parseQuery(text), facts), text).toBe(groups.some((group) => group.every(Boolean)));
      }),
      { numRuns: 1000 },
    );
  });

  it('any text at all: it is read or refused with its place, and nothing else is thrown', () => {
    const token = fc.constantFrom(
      '(',
      ')',
      '!',
      'not',
      'and',
      '||',
      'attribute:a',
      '==',
      "'",
      '[',
      ']',
      ',',
      'in',
      '=~',
      '\\',
      '*',
      'x',
      ' ',
    );
    const garbage = fc.oneof(
      fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
      fc.array(token).map((tokens) => tokens.join(' ')),
    );
    fc.assert(
      fc.property(garbage, (text) => {
        return /character \d+/.test(complaintOf(text) ?? 'character 0');
      }),
      { numRuns: 1000 },
    );
  });
});

describe('pattern', () => {
  it('any regular expression of what both know, on any text: it matches exactly when RegExp does', () => {
    fc.assert(
      fc.property(regex, shortText, (source, text) => {
        const wanted = new RegExp(`^(?:${source})$`, 'u').test(text);
        expect(runPattern(parsePattern(source, 0), text).isMatch, source).toBe(wanted);
      }),
      { numRuns: 3000 },
    );
  });
});

const SIZE = 100_000;
const filled = (unit: string): string => unit.repeat(Math.ceil(SIZE / unit.length)).slice(0, SIZE);

describe('cluster query, adversarial input of 100 KB', () => {
  const attacks: readonly (readonly [string, string])[] = [
    ['open parentheses', filled('(')],
    ['negations', filled('!')],
    ['words of negation', filled('not ')],
    ['spaces', filled(' ')],
    ['a word', filled('a')],
    ['open quotes', filled("'a")],
    ['a chain', filled('attribute:a == 1 and ')],
    ['a chain of or', filled('agentConnected == true || ')],
    ['a list', `attribute:a in [${filled('a,')}`],
    ['unfinished operators', filled('attribute:a ! ')],
    ['a nested pattern', `attribute:a =~ '${filled('(a*')}'`],
    ['a pattern of stars', `attribute:a =~ ${filled('a*')}b`],
    ['a pattern of open sets', `attribute:a =~ ${filled('[a')}`],
  ];

  it.each(attacks)('%s: refused by length before a character is read', (_, text) => {
    expect(() => parseQuery(text)).toThrow('at most 2000 are allowed');
  });

  it.each(attacks)('%s, were it short enough: no more than a few looks at each character', (_, text) => {
    const lexer = new Lexer(text);
    complaintOf(text, () => parseTokens(lexer));
    expect(lexer.steps).toBeLessThan(SIZE * 6);
  });

  it.each(attacks)('%s, and as much of it as may be read: answered within 50 ms', (_, text) => {
    // The fastest of a few tries: what others do on this machine is none of the parser's time.
    const tries = Array.from({ length: 5 }, () => {
      const begin = performance.now();
      complaintOf(text);
      complaintOf(text.slice(0, 2_000));
      return performance.now() - begin;
    });
    expect(Math.min(...tries)).toBeLessThan(50);
  });

  it('the worst pattern on the longest value: the work is at most the one times the other', () => {
    const text = 'a'.repeat(255);
    for (const source of ['(a?){120}', '(a|aa|a.|.a)+b', '(a*)*b', '(.*)(.*)(.*)(.*)(.*)b', '([a-z0-9]+)*b']) {
      const pattern = parsePattern(source, 0);
      const { steps } = runPattern(pattern, text);
      expect(steps).toBeLessThanOrEqual(pattern.program.length * (text.length + 1));
      expect(steps).toBeLessThan(200_000);
    }
  });
});
