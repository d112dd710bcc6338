import table from '#core/kube/schema/kinds.json' with { type: 'json' };

/**
 * Writes Kubernetes' protobuf as clients do, by a reading of the table of its own: it shares no code with what reads it.
 * `value` is what JSON has.
 */
export function encodeKind(apiVersion: string, kind: string, type: string, value: object): Uint8Array {
  const envelope = [
    ...tagged(1, [...tagged(1, text(apiVersion)), ...tagged(2, text(kind))]),
    ...tagged(2, message(type, value as Members)),
    ...tagged(3, []),
    ...tagged(4, []),
  ];
  return Uint8Array.from([0x6b, 0x38, 0x73, 0, ...envelope]);
}

type Members = Readonly<Record<string, unknown>>;

const text = (value: string): readonly number[] => [...Buffer.from(value)];

function varint(value: bigint): readonly number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

const tagged = (number: number, content: readonly number[]): readonly number[] => [
  ...varint(BigInt(number * 8 + 2)),
  ...varint(BigInt(content.length)),
  ...content,
];
const numbered = (number: number, value: number | bigint): readonly number[] => [
  ...varint(BigInt(number * 8)),
  ...varint(BigInt(value)),
];

function message(type: string, value: Members): readonly number[] {
  const line = (table.types as Readonly<Record<string, string>>)[type] ?? '';
  return line
    .split('; ')
    .filter((entry) => entry !== '' && !entry.startsWith('@'))
    .flatMap((entry) => {
      const [name = '', number = '', of = ''] = entry.split(' ');
      if (name === '-') return tagged(Number(number), message(of, value));
      return Object.hasOwn(value, name) ? field(Number(number), of, value[name]) : [];
    });
}

function field(number: number, type: string, value: unknown): readonly number[] {
  if (type.startsWith('[]')) return (value as readonly unknown[]).flatMap((one) => field(number, type.slice(2), one));
  if (type.startsWith('{}')) {
    return Object.entries(value as Members).flatMap(([key, inner]) =>
      tagged(number, [...tagged(1, text(key)), ...field(2, type.slice(2), inner)]),
    );
  }
  switch (type) {
    case 'string':
      return tagged(number, text(value as string));
    case 'bytes':
      return tagged(number, [...Buffer.from(value as string, 'base64')]);
    case 'bool':
      return numbered(number, value ? 1 : 0);
    case 'int32':
    case 'int64':
      return numbered(number, value as number);
    case 'time':
    case 'microtime':
      return tagged(number, instant(value as string));
    case 'intstr':
      return tagged(number, intOrString(value as string | number));
    case 'quantity':
      return tagged(number, tagged(1, text(value as string)));
    case 'raw':
    case 'fields':
      return tagged(number, tagged(1, text(JSON.stringify(value))));
    case 'strings':
      return tagged(
        number,
        (value as readonly string[]).flatMap((one) => tagged(1, text(one))),
      );
    default:
      return tagged(number, message(type, value as Members));
  }
}

function instant(value: string): readonly number[] {
  const micros = Number(/\.(\d{6})Z$/.exec(value)?.[1] ?? 0);
  return [...numbered(1, Math.floor(Date.parse(value) / 1000)), ...numbered(2, micros * 1000)];
}

const intOrString = (value: string | number): readonly number[] =>
  typeof value === 'number'
    ? [...numbered(1, 0), ...numbered(2, value), ...tagged(3, [])]
    : [...numbered(1, 1), ...numbered(2, 0), ...tagged(3, text(value))];
