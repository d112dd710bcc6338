import { Fault } from '#core/fault.ts';
import type { Tag } from '#core/model/tag.ts';
import { findTaskSet } from '#core/service/task-sets.ts';
import type { Dependencies } from '../dependencies.ts';
import { put, read, services } from '../records.ts';
import { requireRoom } from '../task-sets/change-task-sets.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import type { TaggedResource } from './tagged-resource.ts';

type Deps = Pick<Dependencies, 'store'>;
type TaskSetName = Extract<TaggedResource, { kind: 'task-set' }>;

/** A task set's tags are in its service's item. Faults: ResourceNotFound. */
export async function taskSetTags(deps: Deps, name: TaskSetName): Promise<readonly Tag[]> {
  return (await requireItem(deps, name)).taskSet.tags;
}

/** Faults: ResourceNotFound; LimitExceeded when the task sets of the service become too large for one item. */
export async function changeTaskSetTags(
  deps: Deps,
  name: TaskSetName,
  change: (old: readonly Tag[]) => readonly Tag[],
): Promise<void> {
  await untilCommitted(`tags of task set ${name.taskSet}`, async () => {
    const { service, version, taskSet } = await requireItem(deps, name);
    const tagged = { ...taskSet, tags: change(taskSet.tags) };
    const taskSets = requireRoom(service.taskSets.map((set) => (set === taskSet ? tagged : set)));
    const id = { cluster: name.cluster, service: name.service };
    const outcome = await deps.store.transact([put(services, id, { ...service, taskSets }, version)]);
    return outcome.kind === 'committed' ? undefined : CONFLICT;
  });
}

async function requireItem({ store }: Deps, { cluster, service: name, taskSet: id }: TaskSetName) {
  const found = await read(store, services, { cluster, service: name });
  const service = found?.value.scheduler === 'task-sets' ? found.value : undefined;
  const taskSet = service && findTaskSet(service, id);
  if (!found || !service || !taskSet) throw new Fault('ResourceNotFound', 'The specified task-set was not found.');
  return { service, version: found.version, taskSet };
}
