import type { JsonObject } from '#core/json.ts';
import type { TaskDefinition } from '#core/model/task-definition.ts';
import { isDeletionDue } from '#core/task-definition/deletion.ts';
import type { Dependencies } from '../dependencies.ts';
import {
  clustersPartition,
  deletingPartition,
  servicePartition,
  servicesPartition,
  taskPartitions,
  tasksPrefix,
} from '../keys.ts';
import type { PartitionQuery } from '../ports.ts';
import {
  asRecord,
  clusters,
  definitions,
  deploymentRecords,
  read,
  readAll,
  remove,
  serviceEntries,
  serviceEvents,
  services,
  slotChunks,
  tasks,
} from '../records.ts';

type Deps = Pick<Dependencies, 'store' | 'clock' | 'timings'>;

/** Revisions removed in one sweep; the next one goes on. */
const PER_SWEEP = 100;

/**
 * Ends DELETE_IN_PROGRESS: removes the revisions that no task and no service refers to. A stopped task refers to its
 * revision as long as it can be described. Costs one read while nothing is being deleted, and looks through the tasks
 * only when a revision is due, the more seldom the longer it has waited.
 */
export async function removeUnusedDefinitions(deps: Deps): Promise<void> {
  const { items } = await deps.store.queryIndex({ pk: deletingPartition, limit: PER_SWEEP });
  const now = deps.clock.now();
  const due = items
    .map((item) => asRecord(definitions, item).value)
    .filter(({ deleteRequestedAt }) => isDeletionDue(now - (deleteRequestedAt ?? now), deps.timings.sweep));
  if (due.length === 0) return;
  const used = await usedDefinitions(deps);
  for (const definition of due) if (!used.has(nameOf(definition))) await removeDefinition(deps, definition);
}

/** Invariant: nothing that reads it as ACTIVE can still begin to use it; a conflict means that somebody tagged it. */
async function removeDefinition({ store }: Deps, { family, revision }: TaskDefinition): Promise<void> {
  const found = await read(store, definitions, { family, revision });
  if (found?.value.status !== 'DELETE_IN_PROGRESS') return;
  await store.transact([remove(definitions, { family, revision }, found.version)]);
}

interface Revision {
  readonly family: string;
  readonly revision: number;
}

const nameOf = ({ family, revision }: Revision): string => `${family}:${revision}`;

/** Services first: a task that one of them starts of a revision while this looks is looked at later. */
async function usedDefinitions(deps: Deps): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  for (const { value: cluster } of await readAll(deps.store, clusters, { pk: clustersPartition })) {
    await addOfServices(deps, cluster.name, used);
    for (const pk of taskPartitions(cluster.name)) {
      for await (const item of walk(deps, { pk, prefix: tasksPrefix }))
        used.add(nameOf(asRecord(tasks, item).value.definition));
    }
  }
  return used;
}

/** What happened to a service and which slots it has is no use it still makes of a revision. */
const PAST: ReadonlySet<string> = new Set([deploymentRecords.kind, serviceEvents.kind, slotChunks.kind]);

async function addOfServices(deps: Deps, cluster: string, used: Set<string>): Promise<void> {
  const entries = await readAll(deps.store, serviceEntries, { pk: servicesPartition(cluster) });
  for (const { value: entry } of entries) {
    const service = await read(deps.store, services, { cluster, service: entry.name });
    if (service?.value.status === 'INACTIVE') continue;
    for await (const item of walk(deps, { pk: servicePartition(cluster, entry.name) })) {
      if (!PAST.has(item.kind)) addReferred(item.value, used);
    }
  }
}

/** Whatever part of a service refers to a revision: its deployment, older ones, the one it would go back to. */
function addReferred(value: unknown, used: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  const { family, revision } = value as JsonObject;
  if (typeof family === 'string' && typeof revision === 'number') used.add(nameOf({ family, revision }));
  for (const member of Object.values(value)) addReferred(member, used);
}

async function* walk({ store }: Deps, query: PartitionQuery) {
  let after: string | undefined;
  do {
    const page = await store.query(after === undefined ? query : { ...query, after });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}
