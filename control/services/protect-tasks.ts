import { Fault } from '#core/fault.ts';
import { taskArn } from '#core/model/arn.ts';
import type { Task } from '#core/model/task.ts';
import { desiredCountOf } from '#core/service/desired-count.ts';
import { protectSlot } from '#core/service/slot-transitions.ts';
import { isTaskProtected, isWanted, slotsOf } from '#core/service/slots.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Failure } from '../intents.ts';
import { servicePartition, slotsPrefix } from '../keys.ts';
import { read, readAll, readMany, serviceStates, services, slotChunks, tasks } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { SlotChunkEdit } from './slot-chunks.ts';

export interface TaskProtection {
  readonly taskId: string;
  /** Epoch ms; absent when the task is not protected. */
  readonly until?: number;
}

export interface ProtectionAnswer {
  readonly tasks: readonly TaskProtection[];
  readonly failures: readonly Failure[];
}

/**
 * UpdateTaskProtection: keeps service tasks from scale-in and deployments until an instant, or no longer when it is
 * undefined. Tasks are handled one by one, as on ECS: those that can not be protected come back as failures.
 */
export async function protectTasks(
  deps: Dependencies,
  cluster: string,
  taskIds: readonly string[],
  until: number | undefined,
): Promise<ProtectionAnswer> {
  const done: TaskProtection[] = [];
  const failures: Failure[] = [];
  for (const taskId of taskIds) {
    const failure = await protectTask(deps, cluster, taskId, until);
    if (failure) failures.push({ arn: taskArn(deps.scope, cluster, taskId), ...failure });
    else done.push({ taskId, ...(until === undefined ? {} : { until }) });
  }
  return { tasks: done, failures };
}

type Refusal = Omit<Failure, 'arn'>;
const NOT_VALID: Refusal = { reason: 'TASK_NOT_VALID', detail: 'Only tasks of a service that are not stopping.' };

async function protectTask(
  deps: Dependencies,
  cluster: string,
  taskId: string,
  until: number | undefined,
): Promise<Refusal | undefined> {
  return untilCommitted(`protection of task ${taskId}`, async (): Promise<Refusal | undefined | typeof CONFLICT> => {
    const task = await read(deps.store, tasks, { cluster, taskId });
    if (!task) return { reason: 'MISSING' };
    const chunks = await SlotChunkEdit.open(deps, cluster, [task.value]);
    const slot = chunks.slot(task.value.slot);
    if (!slot || slot.epoch !== task.value.epoch || !isWanted(slot)) return NOT_VALID;
    if (until !== undefined && (await isBlocked(deps, task.value))) {
      return { reason: 'DEPLOYMENT_BLOCKED', detail: 'More tasks would be protected than the service desires.' };
    }
    chunks.change(task.value, (chunk, index, epoch) => protectSlot(chunk, index, epoch, until));
    const writes = chunks.writes();
    if (writes.length === 0) return undefined;
    const outcome = await deps.store.transact(writes);
    return outcome.kind === 'conflict' ? CONFLICT : undefined;
  });
}

/** A service whose protected tasks fill its desired count could never deploy: one more is refused. */
async function isBlocked(deps: Dependencies, { cluster, slot, epoch }: Task): Promise<boolean> {
  const name = slot?.service ?? '';
  const [service, state, chunks] = await Promise.all([
    read(deps.store, services, { cluster, service: name }),
    read(deps.store, serviceStates, { cluster, service: name }),
    readAll(deps.store, slotChunks, { pk: servicePartition(cluster, name), prefix: slotsPrefix }),
  ]);
  if (!service) throw new Fault('ServiceNotFound', 'Service not found.');
  const isSame = (other: { deployment: string; index: number; epoch: number }) =>
    other.deployment === slot?.deployment && other.index === slot.index && other.epoch === epoch;
  const others = slotsOf(chunks.map(({ value }) => value)).filter(
    (other) => isWanted(other) && isTaskProtected(other, deps.clock.now()) && !isSame(other),
  );
  return others.length + 1 > desiredCountOf(service.value, state?.value);
}

/** GetTaskProtection: what stands; tasks without a service are no failure of the caller's but can not be protected. */
export async function readProtection(
  deps: Dependencies,
  cluster: string,
  taskIds: readonly string[],
): Promise<ProtectionAnswer> {
  const found = await readMany(
    deps.store,
    tasks,
    taskIds.map((taskId) => ({ cluster, taskId })),
  );
  const known = found.flatMap((task) => (task ? [task.value] : []));
  const chunks = await SlotChunkEdit.open(deps, cluster, known);
  const answers = taskIds.map((taskId, at): TaskProtection | Failure => {
    const arn = taskArn(deps.scope, cluster, taskId);
    const task = found[at]?.value;
    if (!task) return { arn, reason: 'MISSING' };
    const slot = chunks.slot(task.slot);
    if (!slot || slot.epoch !== task.epoch || !isWanted(slot)) return { arn, ...NOT_VALID };
    const until = isTaskProtected(slot, deps.clock.now()) ? slot.protectedUntil : undefined;
    return { taskId, ...(until === undefined ? {} : { until }) };
  });
  return {
    tasks: answers.filter((one) => 'taskId' in one),
    failures: answers.filter((one) => 'arn' in one),
  };
}
