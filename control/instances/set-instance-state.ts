import { Fault } from '#core/fault.ts';
import { markSlotLeaving } from '#core/service/slot-transitions.ts';
import type { Dependencies } from '../dependencies.ts';
import { put, read, readMany, reservations, services, tasks } from '../records.ts';
import { SlotChunkEdit } from '../services/slot-chunks.ts';
import { CONFLICT, unlessConflict, untilCommitted } from '../until-committed.ts';
import { describeInstances, type InstanceView } from './read-instances.ts';

/**
 * UpdateContainerInstancesState: DRAINING takes nothing new and lets its service tasks move away under their service's
 * limits; standalone tasks are left alone, as on ECS. ACTIVE takes tasks again and keeps those that have not left.
 * Faults: ResourceNotFound, InvalidParameter for an instance that is INACTIVE.
 */
export async function setInstanceState(
  deps: Dependencies,
  cluster: string,
  instanceId: string,
  status: 'ACTIVE' | 'DRAINING',
): Promise<InstanceView> {
  const id = { cluster, instanceId };
  const held = await untilCommitted(`state of ${instanceId}`, async () => {
    const before = await read(deps.store, reservations, id);
    if (!before) throw new Fault('ResourceNotFound', `Container instance ${instanceId} was not found.`);
    if (before.value.status === 'INACTIVE')
      throw new Fault('InvalidParameter', `Container instance ${instanceId} is INACTIVE.`);
    if (before.value.status === status) return before.value.tasks;
    const value = { ...before.value, status };
    const wake = { work: { kind: 'placement', cluster } } as const;
    const outcome = await deps.store.transact([put(reservations, id, value, before.version, { wake })]);
    if (outcome.kind === 'conflict') return CONFLICT;
    deps.fleet.learn(value, before.version + 1);
    return value.tasks;
  });
  await markLeaving(
    deps,
    cluster,
    held.map(({ taskId }) => taskId),
    status === 'DRAINING',
  );
  const [view] = await describeInstances(deps, cluster, [instanceId]);
  if (!view) throw new Fault('ResourceNotFound', `Container instance ${instanceId} was not found.`);
  return view;
}

/** Marks the slots, service by service, and wakes each service. Repeating a crashed call finishes what is missing. */
async function markLeaving(
  deps: Dependencies,
  cluster: string,
  taskIds: readonly string[],
  isLeaving: boolean,
): Promise<void> {
  const found = await readMany(
    deps.store,
    tasks,
    taskIds.map((taskId) => ({ cluster, taskId })),
  );
  const names = new Set(found.flatMap((task) => task?.value.slot?.service ?? []));
  for (const service of names) {
    const own = found.flatMap((task) => (task?.value.slot?.service === service ? [task.value] : []));
    await untilCommitted(`draining of service ${service}`, async (): Promise<undefined | typeof CONFLICT> => {
      const chunks = await SlotChunkEdit.open(deps, cluster, own);
      for (const task of own)
        chunks.change(task, (chunk, index, epoch) => markSlotLeaving(chunk, index, epoch, isLeaving));
      const writes = chunks.writes();
      if (writes.length === 0) return undefined;
      const outcome = await deps.store.transact(writes);
      return unlessConflict(outcome);
    });
    if (await read(deps.store, services, { cluster, service }))
      await deps.queue.send([{ work: { kind: 'service', cluster, service } }]);
  }
}
