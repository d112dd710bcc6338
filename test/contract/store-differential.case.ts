import fc from 'fast-check';
import type { Expectation, ItemBody, Key } from '#control/ports.ts';
import type { Json, JsonObject } from '#core/json.ts';

/** Few keys, so that operations meet; odd ones, so that order and encoding are put to the test. */
const PARTITIONS = ['p', 'p#1', '__proto__', 'π'] as const;
const INDEX_PARTITIONS = ['i', 'p'] as const;
const SORT_KEYS = [
  'a',
  'a#1',
  'a#10',
  'a#2',
  'A',
  'b\u0000',
  'constructor',
  '__proto__',
  'é',
  '\u{e000}x',
  '\u{ffff}',
  '😀',
  '\u{10ffff}',
  "' OR 1=1 --",
  '%_?',
] as const;
const PREFIXES = ['', 'a', 'a#', 'a#1', 'é', '\u{d7ff}', '\u{e000}', '😀', '\u{10ffff}', 'z', '%'] as const;

/** How an operation's expectation relates to what stands; the runner turns it into a version. */
export type Guess = 'right' | 'older' | 'newer' | 'absent';

/** One call of every store. Writes name keys apart, as a transaction must. */
export type Operation =
  | { readonly kind: 'get'; readonly key: Key }
  | { readonly kind: 'getMany'; readonly keys: readonly Key[] }
  | { readonly kind: 'query' | 'queryIndex'; readonly query: Query }
  | { readonly kind: 'transact'; readonly writes: readonly GuessedWrite[] };

export interface Query {
  readonly pk: string;
  readonly prefix?: string;
  readonly limit?: number;
  readonly reverse?: boolean;
}

export interface GuessedWrite {
  readonly kind: 'put' | 'delete' | 'check';
  readonly key: Key;
  readonly guess: Guess;
  readonly body: ItemBody;
}

const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 8 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('__proto__', '__proto__~', '~', 'toJSON', 'constructor', '', '\u0000', '☃😀'),
  },
);
/** Within what DynamoDB's numbers can hold: 38 digits, magnitudes from 1e-130 to 1e126. */
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, 0.1, 1e-9, 1e21, 1.5e100, -1e-100, Number.NaN, Number.POSITIVE_INFINITY),
);

const leaf: fc.Arbitrary<Json> = fc.oneof(text, number, fc.boolean(), fc.constant(null));
/**
 * V8 13.6 (Node 24) reads JSON members wrongly after it has read one whose name is a backslash:
 * JSON.parse('{"a":1,"\\\\":2}'); JSON.parse('{"a":1,"\\u0000":2}') gives { a: 1, '\\': 2 }. No store is to blame for that.
 */
const name = text.filter((one) => !one.includes('\\'));
/** What callers build holds undefined members, which every store drops. */
const { object } = fc.letrec<{ value: Json | undefined; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.constant(undefined),
    fc.array(leaf, { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
}));

const key: fc.Arbitrary<Key> = fc.record({ pk: fc.constantFrom(...PARTITIONS), sk: fc.constantFrom(...SORT_KEYS) });
const body: fc.Arbitrary<ItemBody> = fc.record(
  {
    kind: fc.constantFrom('thing', 'other'),
    value: object,
    index: fc.record({ pk: fc.constantFrom(...INDEX_PARTITIONS), sk: fc.constantFrom(...SORT_KEYS) }),
    wake: fc.record(
      { work: fc.constant({ kind: 'service', cluster: 'c', service: 's' } as const), at: fc.nat() },
      { requiredKeys: ['work'] },
    ),
    expiresAt: fc.integer({ min: 1_700_000_000_000, max: 1_700_000_100_000 }),
  },
  { requiredKeys: ['kind', 'value'] },
) as fc.Arbitrary<ItemBody>;

const guess: fc.Arbitrary<Guess> = fc.oneof(
  { weight: 6, arbitrary: fc.constant('right' as const) },
  { weight: 1, arbitrary: fc.constantFrom('older' as const, 'newer' as const, 'absent' as const) },
);
const write: fc.Arbitrary<GuessedWrite> = fc.record({
  kind: fc.oneof(
    { weight: 5, arbitrary: fc.constant('put' as const) },
    { weight: 2, arbitrary: fc.constantFrom('delete' as const, 'check' as const) },
  ),
  key,
  guess,
  body,
});
const nameOf = ({ pk, sk }: Key): string => JSON.stringify([pk, sk]);

const query: fc.Arbitrary<Query> = fc.record(
  {
    pk: fc.constantFrom(...PARTITIONS, 'i'),
    prefix: fc.constantFrom(...PREFIXES),
    limit: fc.integer({ min: 1, max: 4 }),
    reverse: fc.boolean(),
  },
  { requiredKeys: ['pk'] },
);

export const operations: fc.Arbitrary<readonly Operation[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('transact' as const),
        writes: fc.uniqueArray(write, { minLength: 1, maxLength: 6, selector: (one) => nameOf(one.key) }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('get' as const), key }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('getMany' as const), keys: fc.array(key, { maxLength: 8 }) }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('query' as const, 'queryIndex' as const), query }) },
  ),
  { minLength: 1, maxLength: 25 },
);

/** The expectation that a guess stands for. */
export const expectationOf = (guessed: Guess, stands: number | undefined): Expectation => {
  switch (guessed) {
    case 'right':
      return stands ?? 'absent';
    case 'older':
      return Math.max(0, (stands ?? 1) - 1);
    case 'newer':
      return (stands ?? 0) + 1;
    case 'absent':
      return 'absent';
  }
};

/** Reads everything that operations can have left. */
export const READ_ALL: readonly Operation[] = [
  ...PARTITIONS.map((pk) => ({ kind: 'query', query: { pk } }) as const),
  ...INDEX_PARTITIONS.map((pk) => ({ kind: 'queryIndex', query: { pk } }) as const),
];
