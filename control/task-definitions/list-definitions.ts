import type { TaskDefinition } from '#core/model/task-definition.ts';
import { type DefinitionReference, parseReference } from '#core/task-definition/reference.ts';
import type { Dependencies } from '../dependencies.ts';
import { definitionKey, definitionsPartition } from '../keys.ts';
import { asRecord, definitions } from '../records.ts';
import { walkFamilies } from './walk-families.ts';

export interface DefinitionPage {
  /** ECS calls it a prefix, but lists the revisions of exactly this family. */
  readonly family?: string;
  readonly status: TaskDefinition['status'];
  readonly descending: boolean;
  /** `family:revision` that ended the page before. */
  readonly after?: string;
  readonly limit: number;
}

export interface DefinitionList {
  readonly definitions: readonly Required<DefinitionReference>[];
  readonly next?: string;
}

const PAGE = 100;

/** Revisions in order of family and number; `next` is the `after` of the following page. */
export async function listDefinitions(
  deps: Pick<Dependencies, 'store'>,
  page: DefinitionPage,
): Promise<DefinitionList> {
  const found: Required<DefinitionReference>[] = [];
  for await (const { family, revision, status } of walkDefinitions(deps, page)) {
    if (status !== page.status) continue;
    if (found.length === page.limit) {
      const last = found[found.length - 1];
      return { definitions: found, next: `${last?.family}:${last?.revision}` };
    }
    found.push({ family, revision });
  }
  return { definitions: found };
}

async function* walkDefinitions(
  deps: Pick<Dependencies, 'store'>,
  page: DefinitionPage,
): AsyncGenerator<TaskDefinition> {
  const start = page.after === undefined ? undefined : parseReference(page.after);
  if (start?.revision !== undefined) yield* walkRevisions(deps, start.family, page.descending, start.revision);
  if (page.family !== undefined) {
    if (!start) yield* walkRevisions(deps, page.family, page.descending);
    return;
  }
  const rest = { descending: page.descending, ...(start ? { after: start.family } : {}) };
  for await (const family of walkFamilies(deps, rest)) yield* walkRevisions(deps, family, page.descending);
}

async function* walkRevisions(
  { store }: Pick<Dependencies, 'store'>,
  family: string,
  descending: boolean,
  afterRevision?: number,
): AsyncGenerator<TaskDefinition> {
  let after = afterRevision === undefined ? undefined : definitionKey(family, afterRevision).sk;
  do {
    const answer = await store.query({
      pk: definitionsPartition(family),
      limit: PAGE,
      reverse: descending,
      ...(after === undefined ? {} : { after }),
    });
    for (const item of answer.items) yield asRecord(definitions, item).value;
    after = answer.next;
  } while (after !== undefined);
}
