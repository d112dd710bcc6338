import { stringify } from 'yaml';
import type { Chance } from '../chance.ts';
import { mutateText } from '../mutate-text.ts';
import { mutatePlace } from '../mutate-value.ts';
import type { Json, JsonObject } from '../valid-requests.ts';

const MEGABYTE = 1024 * 1024;
const DEEP = 20_000;
const anchors = (levels: number): string =>
  Array.from({ length: levels }, (_, level) => {
    const before = level === 0 ? 'x' : Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ');
    return `a${level}: &a${level} [${before}]`;
  }).join('\n');

/** Bodies that cost much to read, or would, if somebody read them naively. */
const YAML_BOMBS: readonly (() => string)[] = [
  () => anchors(12),
  () => `a: &a [*a]`,
  () => `base: &b {a: 1}\nother:\n  <<: *b`,
  () => '[ '.repeat(DEEP),
  () => '- '.repeat(DEEP),
  () => '? '.repeat(DEEP),
  () => `${'{a: '.repeat(DEEP)}1${'}'.repeat(DEEP)}`,
  () => Array.from({ length: 2_000 }, (_, level) => `${' '.repeat(level)}a:`).join('\n'),
  () => 'a: |\n'.padEnd(MEGABYTE, ' x\n'),
  () => 'a: 1\n'.repeat(50_000),
  () => Array.from({ length: 60_000 }, (_, index) => `k${index}: v`).join('\n'),
  () => '!!python/object/apply:os.system ["x"]',
  () => '--- a\n--- b\n'.repeat(10_000),
  () => '&a '.repeat(10_000),
  () => `"${'\\u0041'.repeat(100_000)}"`,
  () => '%YAML 9.9\n---\na: 1',
  () => `a: ${'1'.repeat(100_000)}`,
  () => '#'.repeat(MEGABYTE),
  () => '\t\n'.repeat(100_000),
  () => '!'.repeat(100_000),
];

const JSON_BOMBS: readonly (() => string)[] = [
  () => '{"a":'.repeat(200_000),
  () => `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
  () => `${'['.repeat(500_000)}${']'.repeat(500_000)}`,
  () => JSON.stringify({ metadata: { name: 'big' }, data: { a: 'x'.repeat(MEGABYTE - 100) } }),
  () => JSON.stringify({ metadata: { name: 'big' }, data: { a: 'x'.repeat(MEGABYTE) } }),
  () =>
    JSON.stringify({
      metadata: { name: 'wide' },
      data: Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`k${i}`, 'v'])),
    }),
  () => `{${'"a":1,'.repeat(120_000)}"b":2}`,
  () =>
    JSON.stringify({
      metadata: { name: 'l', labels: Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`k${i}`, ''])) },
    }),
  () => JSON.stringify({ metadata: { name: 'f', finalizers: Array.from({ length: 60_000 }, (_, i) => `a/b${i}`) } }),
  () => `[${'1e999,'.repeat(100_000)}1]`,
];

export interface FuzzBody {
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly how: string;
}

const PATCHES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
] as const;
const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** An object of a kind in one of the forms that are read, whole or spoilt. */
export function drawBody(object: JsonObject, encode: () => Uint8Array | undefined, chance: Chance): FuzzBody {
  if (chance.isOneIn(60)) return { type: 'application/yaml', body: chance.one(YAML_BOMBS)(), how: 'a YAML bomb' };
  if (chance.isOneIn(60)) return { type: 'application/json', body: chance.one(JSON_BOMBS)(), how: 'a JSON bomb' };
  const binary = chance.isOneIn(5) ? encode() : undefined;
  if (binary) {
    return chance.isOneIn(3)
      ? { type: PROTOBUF, body: binary, how: 'whole protobuf' }
      : { type: PROTOBUF, body: spoiltBytes(binary, chance), how: 'spoilt protobuf' };
  }
  const isWhole = chance.isOneIn(5);
  const value = isWhole ? object : spoilt(object, chance);
  const isYaml = chance.isOneIn(3);
  const text = isYaml ? yamlOf(value) : JSON.stringify(value);
  const body = chance.isOneIn(8) ? mutateText(text, chance) : text;
  const type = chance.isOneIn(30) ? 'text/html' : isYaml ? 'application/yaml' : 'application/json';
  return { type, body, how: isWhole ? 'whole' : 'spoilt' };
}

/** The writer of YAML cannot write what is nested too deep; JSON is YAML, too. */
function yamlOf(value: Json): string {
  try {
    return stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return JSON.stringify(value);
    throw error;
  }
}

/** A patch of any type: a part of the object, operations, or nonsense. */
export function drawPatch(object: JsonObject, chance: Chance): FuzzBody {
  const type = chance.one(PATCHES);
  if (chance.isOneIn(60)) return { type, body: chance.one(JSON_BOMBS)(), how: 'a JSON bomb' };
  const value = type === 'application/json-patch+json' ? operations(object, chance) : directives(object, chance);
  const text = JSON.stringify(chance.isOneIn(3) ? mutatePlace(value, chance) : value);
  return { type, body: chance.isOneIn(12) ? mutateText(text, chance) : text, how: `patch ${type}` };
}

function spoilt(object: JsonObject, chance: Chance): Json {
  let value: Json = object;
  for (let times = 1 + chance.below(3); times > 0; times -= 1) value = mutatePlace(value, chance);
  return value;
}

const PATHS = [
  '',
  '/',
  '/metadata',
  '/metadata/name',
  '/metadata/labels/app',
  '/metadata/finalizers/-',
  '/metadata/resourceVersion',
  '/spec',
  '/spec/replicas',
  '/spec/containers/0/image',
  '/spec/template/spec/containers/9999999',
  '/data/a',
  '/__proto__/x',
  '/constructor/prototype/x',
  '/a~1b~0c~2',
  '/status',
  'spec',
  '/0/0/0/0',
];
const OPERATIONS = ['add', 'remove', 'replace', 'move', 'copy', 'test', 'Add', ''];

const operations = (object: JsonObject, chance: Chance): Json =>
  Array.from({ length: chance.one([0, 1, 1, 2, 5, 50]) }, () => ({
    op: chance.one(OPERATIONS),
    path: chance.one(PATHS),
    from: chance.one(PATHS),
    value: chance.one<Json>([null, 1, 'x', [], {}, object, { metadata: null }]),
  }));

const DIRECTIVES: readonly JsonObject[] = [
  { $patch: 'delete' },
  { $patch: 'replace' },
  { $patch: 'nonsense' },
  { $retainKeys: ['a'] },
  { $retainKeys: 1 },
  { metadata: { '$deleteFromPrimitiveList/finalizers': ['a/b'] } },
  { metadata: { '$setElementOrder/finalizers': ['a/b', 'a/b'] } },
  { metadata: { finalizers: ['example.com/a'] } },
  { metadata: { finalizers: null } },
  { metadata: { labels: { $patch: 'delete', a: 'b' } } },
  { spec: { containers: [{ name: 'web', $patch: 'delete' }, { $patch: 'replace' }] } },
  { spec: { '$setElementOrder/containers': [{ name: 'web' }, { name: 'gone' }, 1, null] } },
  { spec: { containers: [{ name: null }, {}, { name: 'web', image: null }] } },
  { spec: null },
  { metadata: null },
  { metadata: { ownerReferences: [{ uid: 'x' }] } },
  { metadata: { managedFields: [{}] } },
  { kind: 'Pod', apiVersion: 'v1' },
];

const directives = (object: JsonObject, chance: Chance): Json =>
  chance.isOneIn(2) ? chance.one(DIRECTIVES) : (spoilt(object, chance) as Json);

function spoiltBytes(bytes: Uint8Array, chance: Chance): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = chance.below(copy.length);
  switch (chance.below(4)) {
    case 0:
      return copy.subarray(0, at);
    case 1:
      copy[at] = chance.below(256);
      return copy;
    case 2:
      copy[at] = 0xff;
      return copy;
    default:
      return Uint8Array.from([...copy.subarray(0, at), ...copy.subarray(at, at + 40), ...copy.subarray(at)]);
  }
}
