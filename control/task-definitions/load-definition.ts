import type { TaskDefinition } from '#core/model/task-definition.ts';
import type { Dependencies } from '../dependencies.ts';
import type { StateStore } from '../ports.ts';
import { definitions, read } from '../records.ts';

interface Revision {
  readonly family: string;
  readonly revision: number;
}

const MAX_CACHED = 500;
const caches = new WeakMap<StateStore, Map<string, TaskDefinition>>();

/**
 * The revision a task or deployment refers to. What runs never changes after registration, so it is remembered;
 * status and tags in the answer may be old, and nothing here reads them.
 */
export async function loadDefinition(deps: Pick<Dependencies, 'store'>, id: Revision): Promise<TaskDefinition> {
  const cache = caches.get(deps.store) ?? new Map<string, TaskDefinition>();
  caches.set(deps.store, cache);
  const name = `${id.family}:${id.revision}`;
  const cached = cache.get(name);
  if (cached) return cached;
  const found = await read(deps.store, definitions, { family: id.family, revision: id.revision });
  if (!found) throw new Error(`task definition ${name} is referred to but does not exist`);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(name, found.value);
  return found.value;
}
