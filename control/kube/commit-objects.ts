import { assertNever } from '#core/assert-never.ts';
import { Fault } from '#core/fault.ts';
import type { KubeObject } from '#core/kube/object.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Write } from '../ports.ts';
import { put, readMany, remove, type Versioned } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { ownedWrites } from './gc/owned-entries.ts';
import { claimWrites } from './object-claims.ts';
import { workOfChange } from './object-work.ts';
import {
  FIRST_POSITION,
  type LogHead,
  logHeads,
  type ObjectChange,
  type ObjectId,
  objectChanges,
  objects,
} from './records.ts';

/** One object that is to change. `before` is what was read: the commit fails when something else stands there by now. */
export type Commit = { readonly id: ObjectId } & (
  | { readonly kind: 'create'; readonly after: KubeObject }
  | { readonly kind: 'update'; readonly before: Versioned<KubeObject>; readonly after: KubeObject }
  | { readonly kind: 'delete'; readonly before: Versioned<KubeObject> }
);

export type CommitResult =
  | { readonly kind: 'committed'; readonly objects: readonly KubeObject[] }
  /** Position, among the commits asked for, of one that met another object than it was planned for. */
  | { readonly kind: 'conflict'; readonly commit: number };

/** How long a watch may be away and still go on where it was; then it must list again (410 Expired). */
export const LOG_RETENTION_MS = 3_600_000;
/** An item of the table holds 400 KB and its log entry carries it twice at most in parts, so objects stay well below. */
export const MAX_OBJECT_BYTES = 320 * 1024;
/**
 * The one door through which objects change: every object together with its entry in the log of its collection, all or
 * nothing, `extra` writes with them. An entry's position becomes the object's resourceVersion, and the entry wakes whoever
 * looks after the object: the object itself may be gone by then.
 * Faults: LimitExceeded for an object that is too large, Contended when others win too often.
 */
export async function commitObjects(
  deps: Dependencies,
  commits: readonly Commit[],
  extra: readonly Write[] = [],
): Promise<CommitResult> {
  for (const commit of commits) if (commit.kind !== 'delete') requireSize(commit.after);
  const collections = [...new Map(commits.map(({ id }) => [`${id.cluster} ${id.resource}`, id])).values()];
  return untilCommitted('change of objects', async (): Promise<CommitResult | typeof CONFLICT> => {
    const heads = await readMany(deps.store, logHeads, collections);
    const log = new LogWriter(deps, collections, heads);
    const written = commits.map((commit) => log.append(commit));
    const owned = commits.flatMap(directoryWrites);
    const claims = commits.flatMap(claimWrites);
    const writes = [...written.map(({ write }) => write), ...log.writes(), ...owned, ...claims, ...extra];
    const outcome = await deps.store.transact(writes);
    if (outcome.kind === 'committed') return { kind: 'committed', objects: written.map(({ object }) => object) };
    const lost = outcome.conflicts.find(({ write, reason }) => write < commits.length && reason === 'condition');
    if (lost) return { kind: 'conflict', commit: lost.write };
    const isExtra = outcome.conflicts.some(({ write }) => write >= writes.length - extra.length - claims.length);
    return isExtra ? { kind: 'conflict', commit: 0 } : CONFLICT;
  });
}

/** Hands out positions and collects the entries and heads they make. */
class LogWriter {
  readonly #deps: Dependencies;
  readonly #heads: Map<string, { readonly id: ObjectId; readonly before?: Versioned<LogHead>; position: number }>;
  readonly #entries: Write[] = [];

  constructor(deps: Dependencies, ids: readonly ObjectId[], heads: readonly (Versioned<LogHead> | undefined)[]) {
    this.#deps = deps;
    this.#heads = new Map(
      ids.map((id, index) => {
        const before = heads[index];
        return [
          `${id.cluster} ${id.resource}`,
          { id, ...(before && { before }), position: before?.value.position ?? FIRST_POSITION },
        ];
      }),
    );
  }

  append(commit: Commit): { readonly write: Write; readonly object: KubeObject } {
    const head = this.#heads.get(`${commit.id.cluster} ${commit.id.resource}`);
    if (!head) throw new TypeError(`no log of ${commit.id.resource}`);
    head.position += 1;
    const object = positioned(commit.kind === 'delete' ? commit.before.value : commit.after, head.position);
    const change: ObjectChange = {
      position: head.position,
      type: TYPES[commit.kind],
      object,
      ...(commit.kind === 'create' ? {} : { previous: outline(commit.before.value) }),
    };
    const { cluster, resource } = commit.id;
    const entry = { cluster, resource, position: head.position };
    const expiresAt = this.#deps.clock.now() + LOG_RETENTION_MS;
    const work = workOfChange(commit.id, object, commit.kind === 'delete');
    this.#entries.push(put(objectChanges, entry, change, 'absent', { expiresAt, ...(work && { wake: { work } }) }));
    return { object, write: objectWrite(commit, object) };
  }

  writes(): readonly Write[] {
    const heads = [...this.#heads.values()].map(({ id, before, position }) =>
      put(logHeads, id, { position }, before?.version ?? 'absent'),
    );
    return [...this.#entries, ...heads];
  }
}

const TYPES: Readonly<Record<Commit['kind'], ObjectChange['type']>> = {
  create: 'ADDED',
  update: 'MODIFIED',
  delete: 'DELETED',
};

function objectWrite(commit: Commit, object: KubeObject): Write {
  switch (commit.kind) {
    case 'create':
      return put(objects, commit.id, object, 'absent');
    case 'update':
      return put(objects, commit.id, object, commit.before.version);
    case 'delete':
      return remove(objects, commit.id, commit.before.version);
  }
}

/** How many writes a change takes in its transaction, beside the head of its collection's log: itself, its entry, and what goes with it. */
export const writesOf = (commit: Commit): number => 2 + directoryWrites(commit).length + claimWrites(commit).length;

function directoryWrites(commit: Commit): readonly Write[] {
  switch (commit.kind) {
    case 'create':
      return ownedWrites(commit.id, undefined, commit.after);
    case 'update':
      return ownedWrites(commit.id, commit.before.value, commit.after);
    case 'delete':
      return ownedWrites(commit.id, commit.before.value, undefined);
    default:
      return assertNever(commit);
  }
}

const positioned = (object: KubeObject, position: number): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: String(position) },
});

/** What selectors look at, and no more: labels, and the small plain members that fields may be selected by. */
function outline({ apiVersion, kind, metadata, ...members }: KubeObject): KubeObject {
  const { annotations: _annotations, managedFields: _fields, ...named } = metadata;
  return { apiVersion, kind, metadata: named, ...plainMembers(members, 2) };
}

function plainMembers(members: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> {
  const kept = Object.entries(members).flatMap(([name, value]): [string, unknown][] => {
    if (typeof value !== 'object' || value === null) return String(value).length > 256 ? [] : [[name, value]];
    if (Array.isArray(value) || depth === 1 || name === 'data' || name === 'stringData') return [];
    return [[name, plainMembers(value as Readonly<Record<string, unknown>>, depth - 1)]];
  });
  return Object.fromEntries(kept);
}

function requireSize(object: KubeObject): void {
  const bytes = JSON.stringify(object).length;
  if (bytes > MAX_OBJECT_BYTES) {
    throw new Fault(
      'LimitExceeded',
      `the object has ${bytes} characters, more than the ${MAX_OBJECT_BYTES} Berth can store`,
    );
  }
}
