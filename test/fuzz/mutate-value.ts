import type { Chance } from './chance.ts';
import type { Json } from './valid-requests.ts';

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.5,
  -1.5,
  10,
  11,
  99,
  100,
  101,
  255,
  256,
  1000,
  1001,
  4095,
  5000,
  5001,
  65_535,
  65_536,
  200_001,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  Number.MAX_SAFE_INTEGER,
  2 ** 53,
  1e21,
  1e308,
  -1e308,
  5e-324,
];

const TEXTS = [
  '',
  ' ',
  '\u0000',
  '\u0001\n\r\t\u001b[2J',
  '\ud800',
  '\udfff\ud800',
  '\u202eevil',
  '\u2028\u2029',
  '\ufeff',
  'é\u0301ﬃ',
  '👩‍👩‍👧‍👦',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  '../../etc/passwd',
  '%00%2e%2e%2f',
  '#',
  ':',
  '/',
  ':::::',
  'arn:',
  'arn:aws:ecs:::',
  'arn:aws:ecs:us-east-1:000000000000:service/',
  'arn:aws:ecs:us-east-1:000000000000:task/other/00000000000000000000000000000000',
  'arn:aws:ecs:eu-west-9:999999999999:cluster/default',
  `${'$'}{jndi:ldap://x}`,
  "' OR 1=1 --",
  '<script>',
  'web:0',
  'web:-1',
  'web:99999999999999999999',
  'web:1:1',
  'attribute:a =~ (a+)+$',
  'not(not(not(agentConnected == true)))',
  '(((((((((((((((',
  'attribute:x in [',
];

const LENGTHS = [65, 129, 256, 1025, 2001, 70_000, 300_000];
const UNITS = ['a', '0', 'é', '👾', '(', 'a*', '\\', "'", '#'];
const COUNTS = [2, 11, 21, 51, 101, 1001, 5000];
const DEPTHS = [5, 40, 2000];

/** A name that is a member of every object without being given; only parsed text can hold it as a member of its own. */
const withMember = (value: object, name: string, member: Json): Json =>
  JSON.parse(
    `${JSON.stringify(value).replace(/\}$/, '')}${Object.keys(value).length > 0 ? ',' : ''}${JSON.stringify(name)}:${JSON.stringify(member)}}`,
  );

const STRAYS = ['__proto__', 'constructor', 'prototype', 'unknown', 'Cluster', 'toJSON', '', '0', '\ud800'];

/** Another value in place of this one: another type, an end of a range, too much of it, or something like it. */
export function mutateValue(value: Json, chance: Chance): Json {
  if (chance.isOneIn(3)) return anotherType(chance);
  if (typeof value === 'string') return mutateText(value, chance);
  if (typeof value === 'number') return chance.isOneIn(3) ? value + chance.one([-1, 1, 0.1]) : chance.one(NUMBERS);
  if (typeof value === 'boolean') return chance.one<Json>([!value, 'true', 1]);
  if (value === null) return anotherType(chance);
  if (isList(value)) return mutateList(value, chance);
  return mutateObject(value, chance);
}

function anotherType(chance: Chance): Json {
  switch (chance.below(8)) {
    case 0:
      return null;
    case 1:
      return chance.one(NUMBERS);
    case 2:
      return chance.one(TEXTS);
    case 3:
      return chance.isOneIn(2);
    case 4:
      return chance.one<Json>([[], [null], [[]], [{}], ['a', 'a']]);
    case 5:
      return chance.one<Json>([{}, { a: 1 }, { key: 'a', value: 'b' }, { '0': 'a', length: 1 }]);
    case 6:
      return nested(chance.one(DEPTHS), chance.isOneIn(2));
    default:
      return long(chance);
  }
}

function nested(depth: number, isList: boolean): Json {
  let value: Json = 'deep';
  for (let level = 0; level < depth; level += 1) value = isList ? [value] : { input: value };
  return value;
}

function long(chance: Chance): string {
  const unit = chance.one(UNITS);
  return unit.repeat(Math.ceil(chance.one(LENGTHS) / unit.length));
}

function mutateText(text: string, chance: Chance): string {
  const at = chance.below(text.length + 1);
  const junk = chance.one(TEXTS);
  switch (chance.below(7)) {
    case 0:
      return junk;
    case 1:
      return long(chance);
    case 2:
      return text.slice(0, at) + junk + text.slice(at);
    case 3:
      return text.slice(0, at) + text.slice(at + 1);
    case 4:
      return text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase();
    case 5:
      return text.slice(0, at);
    default:
      return text.repeat(2);
  }
}

function mutateList(list: readonly Json[], chance: Chance): Json {
  const [first] = list;
  switch (chance.below(5)) {
    case 0:
      return [];
    case 1:
      return list.toReversed();
    case 2:
      return [...list, ...list];
    case 3:
      return [...list, anotherType(chance)];
    default:
      return Array.from({ length: chance.one(COUNTS) }, () => first ?? null);
  }
}

function mutateObject(object: Readonly<Record<string, Json>>, chance: Chance): Json {
  const names = Object.keys(object);
  if (names.length === 0 || chance.isOneIn(4)) {
    return withMember(object, chance.one(STRAYS), chance.isOneIn(2) ? { clusterName: 'evil' } : anotherType(chance));
  }
  const name = chance.one(names);
  const { [name]: gone = null, ...rest } = object;
  switch (chance.below(4)) {
    case 0:
      return rest;
    case 1:
      return withMember(rest, name.toUpperCase(), gone);
    case 2:
      return Object.fromEntries(names.map((one, at) => [one, object[names[names.length - 1 - at] ?? ''] ?? null]));
    default: {
      const other = chance.one(names);
      return { ...object, [name]: object[other] ?? null, [other]: gone };
    }
  }
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** The value with one place in it mutated, chosen among all of them. */
export function mutatePlace(value: Json, chance: Chance): Json {
  const places = placesOf(value);
  return replacedAt(value, chance.one(places), (found) => mutateValue(found, chance));
}

type Place = readonly (string | number)[];

function placesOf(value: Json, here: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null || here.length > 12) return [here];
  const inside = Object.entries(value).flatMap(([name, member]) =>
    placesOf(member, [...here, isList(value) ? Number(name) : name]),
  );
  return [here, ...inside];
}

function replacedAt(value: Json, [step, ...rest]: Place, change: (found: Json) => Json): Json {
  if (step === undefined) return change(value);
  if (isList(value)) return value.map((item, at) => (at === step ? replacedAt(item, rest, change) : item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, member]) => [
    name,
    name === step ? replacedAt(member, rest, change) : member,
  ]);
  return Object.fromEntries(entries);
}
