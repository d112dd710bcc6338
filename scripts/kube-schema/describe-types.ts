import type { GoField, GoFile, GoType } from './read-go-types.ts';

/** Go packages by the name the table gives them, such as `core.v1`. */
export type Packages = ReadonlyMap<string, GoFile>;

/** Types that are not described by their members, by package path and name. */
const SCALARS: ReadonlyMap<string, string> = new Map([
  ['string', 'string'],
  ['bool', 'bool'],
  ['int32', 'int32'],
  ['int64', 'int64'],
  ['[]byte', 'bytes'],
  ['meta.v1.Time', 'time'],
  ['meta.v1.MicroTime', 'microtime'],
  ['meta.v1.Duration', 'duration'],
  ['meta.v1.FieldsV1', 'fields'],
  ['k8s.io/apimachinery/pkg/util/intstr.IntOrString', 'intstr'],
  ['k8s.io/apimachinery/pkg/api/resource.Quantity', 'quantity'],
  ['k8s.io/apimachinery/pkg/runtime.RawExtension', 'raw'],
  ['k8s.io/apimachinery/pkg/types.UID', 'string'],
  ['k8s.io/apimachinery/pkg/types.NamespacedName', 'string'],
]);

/** `k8s.io/api/core/v1` becomes `core.v1`; a package the table has no name for keeps its path. */
const packageName = (path: string): string =>
  path.replace(/^k8s\.io\/api(?:machinery\/pkg\/apis)?\/(\w+)\/(v\w+)$/, '$1.$2');

/** Describes the types that can be reached from the roots, in the text form of core/kube/schema/kinds.json. */
export function describeTypes(packages: Packages, roots: readonly string[]): Record<string, string> {
  const described = new Map<string, string>();
  const waiting = [...roots];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    if (described.has(name)) continue;
    const type = typeNamed(packages, name);
    if (type?.kind !== 'struct') throw new Error(`${name} is no struct`);
    const context = new TypeReader(packages, name.slice(0, name.lastIndexOf('.')));
    // What a kind is called is no field of its own: the mark @kind says that it has them.
    const fields = type.fields.filter((field) => !field.type.endsWith('TypeMeta'));
    described.set(name, [...headOf(type), ...fields.map((field) => context.describe(field))].join('; '));
    waiting.push(...context.found);
  }
  return Object.fromEntries([...described].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const headOf = ({ fields, markers }: Extract<GoType, { kind: 'struct' }>): readonly string[] => [
  ...(fields.some(({ type }) => type.endsWith('TypeMeta')) ? ['@kind'] : []),
  ...(markers.includes('structType=atomic') ? ['@atomic'] : []),
];

function typeNamed(packages: Packages, name: string): GoType | undefined {
  const split = name.lastIndexOf('.');
  return packages.get(name.slice(0, split))?.types.get(name.slice(split + 1));
}

/** Reads the types of one package's fields and collects the structs they lead to. */
class TypeReader {
  readonly found: string[] = [];
  readonly #packages: Packages;
  readonly #within: string;

  constructor(packages: Packages, within: string) {
    this.#packages = packages;
    this.#within = within;
  }

  describe(field: GoField): string {
    const isPointer = field.type.startsWith('*');
    const number = field.tags.get('protobuf')?.split(',')[1] ?? '0';
    if (field.name === '') return `- ${number} ${this.#typeText(field.type)}`;
    const [, ...options] = (field.tags.get('json') ?? '').split(',');
    const isOmitted = options.includes('omitempty');
    const type = this.#typeText(isPointer ? field.type.slice(1) : field.type);
    const flags = [
      ...(isOmitted || field.markers.includes('optional') ? [] : ['!']),
      ...(isOmitted && !isPointer ? ['?'] : []),
      ...mergeFlags(field),
    ];
    return [field.name, number, type, ...flags].join(' ');
  }

  #typeText(type: string): string {
    if (type.startsWith('*')) return this.#typeText(type.slice(1));
    if (SCALARS.has(type)) return SCALARS.get(type) ?? '';
    if (type.startsWith('[]')) return `[]${this.#typeText(type.slice(2))}`;
    const [, , value] = /^map\[([\w.]+)\](.+)$/.exec(type) ?? [];
    if (value !== undefined) return `{}${this.#typeText(value)}`;
    return this.#namedText(type);
  }

  #namedText(type: string): string {
    const name = this.#fullName(type);
    const scalar = SCALARS.get(name);
    if (scalar !== undefined) return scalar;
    const found = typeNamed(this.#packages, name);
    if (found === undefined) throw new Error(`${name} (${type} in ${this.#within}) is not declared`);
    const home = name.slice(0, name.lastIndexOf('.'));
    if (found.kind === 'alias') {
      // A list with a name of its own is a message around the list in protobuf.
      if (found.isMessage) return 'strings';
      const there = new TypeReader(this.#packages, home);
      const text = there.#typeText(found.type);
      this.found.push(...there.found);
      return text;
    }
    this.found.push(name);
    return name;
  }

  #fullName(type: string): string {
    const split = type.lastIndexOf('.');
    if (split === -1) return `${this.#within}.${type}`;
    const path = this.#packages.get(this.#within)?.imports.get(type.slice(0, split));
    if (path === undefined) throw new Error(`${type} comes from no package that ${this.#within} imports`);
    return `${packageName(path)}.${type.slice(split + 1)}`;
  }
}

/** How lists and maps are merged: by server-side apply (list type and keys) and by strategic merge patches. */
function mergeFlags({ tags, markers }: GoField): readonly string[] {
  const valuesOf = (name: string): readonly string[] =>
    markers.filter((marker) => marker.startsWith(`${name}=`)).map((marker) => marker.slice(name.length + 1));
  const strategies = (tags.get('patchStrategy') ?? '').split(',');
  const key = tags.get('patchMergeKey');
  const listType = valuesOf('listType')[0];
  const isAtomic = [...valuesOf('structType'), ...valuesOf('mapType'), listType].includes('atomic');
  const [plain] = valuesOf('default').filter((text) => /^"[^" ]+"$/.test(text));
  const patch = strategies.includes('merge') ? [key === undefined ? 'merge' : `key:${key}`] : [];
  return [
    ...(listType === 'map' ? [`map:${valuesOf('listMapKey').join(',')}`] : []),
    ...(listType === 'set' ? ['set'] : []),
    ...(isAtomic ? ['atomic'] : []),
    ...patch,
    ...(strategies.includes('retainKeys') ? ['retain'] : []),
    ...(plain === undefined ? [] : [`default:${plain.slice(1, -1)}`]),
  ];
}
