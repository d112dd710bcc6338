import type { TaskDefinition } from '#core/model/task-definition.ts';
import { parseReference } from '#core/task-definition/reference.ts';
import type { Dependencies } from '../dependencies.ts';
import { definitionsPartition } from '../keys.ts';
import { asRecord, definitions, read, type Versioned } from '../records.ts';

type Deps = Pick<Dependencies, 'store'>;

const PAGE = 10;

/** The revision that `family` (newest ACTIVE one) or `family:revision` (of any status) names, if there is one. */
export async function findDefinition(deps: Deps, text: string): Promise<Versioned<TaskDefinition> | undefined> {
  const reference = parseReference(text);
  if (!reference) return undefined;
  const { family, revision } = reference;
  return revision === undefined ? newestActive(deps, family) : read(deps.store, definitions, { family, revision });
}

async function newestActive({ store }: Deps, family: string): Promise<Versioned<TaskDefinition> | undefined> {
  const query = { pk: definitionsPartition(family), reverse: true };
  // The newest revision nearly always is the active one, so it alone is read first.
  let page = await store.query({ ...query, limit: 1 });
  for (;;) {
    const active = page.items
      .map((item) => asRecord(definitions, item))
      .find((definition) => definition.value.status === 'ACTIVE');
    if (active || page.next === undefined) return active;
    page = await store.query({ ...query, limit: PAGE, after: page.next });
  }
}
