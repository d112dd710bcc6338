import table from './kinds.json' with { type: 'json' };
import { readType } from './read-type.ts';
import type { TypeSchema } from './shape.ts';

const LINES: ReadonlyMap<string, string> = new Map(Object.entries(table.types));

/** Types are read from their line when they are first asked for: a function that meets one kind reads that one only. */
const READ = new Map<string, TypeSchema>();

/** A type by its name in the table, such as `core.v1.PodSpec`, which another type of the table has named. */
export function typeNamed(name: string): TypeSchema {
  const known = READ.get(name);
  if (known) return known;
  const line = LINES.get(name);
  if (line === undefined) throw new TypeError(`the table has no type ${name}`);
  const type = readType(name, line, typeNamed);
  READ.set(name, type);
  return type;
}

export interface GroupVersionKind {
  /** Empty: the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** `apps/v1` in its parts; the core group has no name. */
export function groupVersionOf(apiVersion: string): Omit<GroupVersionKind, 'kind'> {
  const slash = apiVersion.indexOf('/');
  return { group: apiVersion.slice(0, Math.max(slash, 0)), version: apiVersion.slice(slash + 1) };
}

/** The schema of a kind; undefined for one the table does not know. Options and statuses are of every group. */
export function schemaOf({ group, version, kind }: GroupVersionKind): TypeSchema | undefined {
  const name = `${group === '' ? 'core' : group.split('.')[0]}.${version}.${kind}`;
  const found = [name, `meta.v1.${kind}`].find((one) => LINES.has(one));
  const type = found === undefined ? undefined : typeNamed(found);
  return type?.isKind ? type : undefined;
}

/** The schema of a kind that is served, which the table is sure to have (test/unit/core/kube/schema.test.ts). */
export function servedSchema(kind: GroupVersionKind): TypeSchema {
  const type = schemaOf(kind);
  if (!type) throw new TypeError(`no schema for ${kind.kind} of ${kind.group}/${kind.version}`);
  return type;
}

/** Names of all types, in order. */
export const typeNames = (): readonly string[] => [...LINES.keys()];
