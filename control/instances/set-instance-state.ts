import { Fault } from '#core/fault.ts';
import type { Task } from '#core/model/task.ts';
import { markSlotLeaving } from '#core/service/slot-transitions.ts';
import type { Dependencies } from '../dependencies.ts';
import { check, type InstanceId, put, read, readMany, reservations, tasks } from '../records.ts';
import { SlotChunkEdit } from '../services/slot-chunks.ts';
import { wakeDaemons } from '../services/wake-daemons.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { describeInstances, type InstanceView } from './read-instances.ts';

/**
 * UpdateContainerInstancesState: DRAINING takes nothing new and lets its service tasks move away under their service's
 * limits; standalone tasks are left alone, as on ECS. ACTIVE takes tasks again and keeps those that have not left.
 * Faults: ResourceNotFound, InvalidParameter for an instance that is INACTIVE or on its way there.
 */
export async function setInstanceState(
  deps: Dependencies,
  cluster: string,
  instanceId: string,
  status: 'ACTIVE' | 'DRAINING',
): Promise<InstanceView> {
  const held = await untilCommitted(`state of ${instanceId}`, () => changeState(deps, { cluster, instanceId }, status));
  await wakeServices(deps, cluster, held);
  await wakeDaemons(deps, cluster);
  const [view] = await describeInstances(deps, cluster, [instanceId]);
  if (!view) throw new Fault('ResourceNotFound', `Container instance ${instanceId} was not found.`);
  return view;
}

/**
 * The state and the marks of its tasks' slots in one transaction: an instance that drains without them would keep its
 * tasks for ever when nobody repeats a call that died in between. Answers the tasks that are concerned.
 */
async function changeState(
  deps: Dependencies,
  id: InstanceId,
  status: 'ACTIVE' | 'DRAINING',
): Promise<readonly Task[] | typeof CONFLICT> {
  const { cluster, instanceId } = id;
  const before = await read(deps.store, reservations, id);
  if (!before) throw new Fault('ResourceNotFound', `Container instance ${instanceId} was not found.`);
  if (before.value.status === 'INACTIVE' || before.value.status === 'DEREGISTERING')
    throw new Fault('InvalidParameter', `Container instance ${instanceId} is ${before.value.status}.`);
  const ids = before.value.tasks.map(({ taskId }) => ({ cluster, taskId }));
  const held = (await readMany(deps.store, tasks, ids)).flatMap((task) => (task?.value.slot ? [task.value] : []));
  // Invariant: one chunk for each task at most, and MAX_TASKS_PER_INSTANCE of them fit one transaction.
  const chunks = await SlotChunkEdit.open(deps, cluster, held);
  for (const task of held)
    chunks.change(task, (chunk, index, epoch) => markSlotLeaving(chunk, index, epoch, status === 'DRAINING'));
  const isSame = before.value.status === status;
  if (isSame && chunks.writes().length === 0) return [];
  const value = { ...before.value, status };
  const wake = { work: { kind: 'placement', cluster } } as const;
  const own = isSame ? check(reservations, id, before.version) : put(reservations, id, value, before.version, { wake });
  const outcome = await deps.store.transact([own, ...chunks.writes()]);
  if (outcome.kind === 'conflict') return CONFLICT;
  if (!isSame) deps.fleet.learn(value, before.version + 1);
  return held;
}

/** A lost message costs time only: the sweep finds slots that are to be left. */
async function wakeServices(deps: Dependencies, cluster: string, held: readonly Task[]): Promise<void> {
  const names = new Set(held.flatMap(({ slot }) => slot?.service ?? []));
  if (names.size > 0)
    await deps.queue.send([...names].map((service) => ({ work: { kind: 'service', cluster, service } as const })));
}
