import { Fault } from '#core/fault.ts';
import type { Cluster } from '#core/model/cluster.ts';
import type { AnyService, TaskSet, TaskSetService } from '#core/model/task-set.ts';
import { findTaskSet } from '#core/service/task-sets.ts';
import { requireCluster } from '../clusters/require-cluster.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ServiceView, TaskSetName } from '../intents.ts';
import { put, read, services } from '../records.ts';
import { requireView, serviceWake } from '../services/create-service.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';

/** A task set as reads show it: with the service it is a share of. */
export interface TaskSetView extends ServiceView<TaskSetService> {
  readonly taskSet: TaskSet;
}

/** What an intent makes of a service's task sets. */
export interface TaskSetStep {
  /** The one it is about, as it is afterwards. */
  readonly taskSet: TaskSet;
  /** All of them afterwards; absent when nothing changes. */
  readonly taskSets?: readonly TaskSet[];
}

/**
 * Carries out an intent that is about a task set. Task sets live in their service's item, so its version guards them all.
 * Faults: ClusterNotFound, ServiceNotFound, ServiceNotActive; InvalidParameter when ECS itself deploys the service.
 */
export async function changeTaskSets(
  deps: Dependencies,
  name: Pick<TaskSetName, 'cluster' | 'service'>,
  decide: (service: TaskSetService, cluster: Cluster) => Promise<TaskSetStep> | TaskSetStep,
): Promise<TaskSetView> {
  const { value: cluster } = await requireCluster(deps, name.cluster);
  const id = { cluster: name.cluster, service: name.service };
  const taskSet = await untilCommitted(`task sets of service ${name.service}`, async () => {
    const before = await read(deps.store, services, id);
    if (!before) throw new Fault('ServiceNotFound', 'Service not found.');
    const service = requireTaskSets(before.value);
    if (service.status !== 'ACTIVE') throw new Fault('ServiceNotActive', 'Service was not ACTIVE.');
    const { taskSet, taskSets } = await decide(service, cluster);
    if (!taskSets) return taskSet;
    const value: TaskSetService = { ...service, generation: service.generation + 1, taskSets };
    const write = put(services, id, value, before.version, { wake: serviceWake(value) });
    const outcome = await deps.store.transact([write]);
    return outcome.kind === 'conflict' ? CONFLICT : taskSet;
  });
  const view = await requireView(deps, name.cluster, name.service);
  const service = requireTaskSets(view.service);
  // One that is gone already is shown as it was written.
  return { ...view, service, taskSet: findTaskSet(service, taskSet.deployment.id) ?? taskSet };
}

/** The service, when it is one that has task sets. */
export function requireTaskSets(service: AnyService): TaskSetService {
  if (service.scheduler === 'task-sets') return service;
  throw new Fault(
    'InvalidParameter',
    'Amazon ECS only supports task set management on services configured to use external deployment controllers.',
  );
}

/** Faults: TaskSetNotFound. */
export function requireTaskSet(service: TaskSetService, id: string): TaskSet {
  const found = findTaskSet(service, id);
  if (!found) throw new Fault('TaskSetNotFound', `The task set ${id} was not found.`);
  return found;
}

/** Faults: TaskSetNotFound; InvalidParameter when it was deleted and only waits for its tasks to stop. */
export function requireLiveTaskSet(service: TaskSetService, id: string): TaskSet {
  const found = requireTaskSet(service, id);
  if (found.status !== 'DRAINING') return found;
  throw new Fault('InvalidParameter', `The task set ${id} was deleted and is DRAINING.`);
}

/** The step that changes one task set and leaves the others alone. */
export const changeOne = ({ taskSets }: TaskSetService, taskSet: TaskSet): TaskSetStep => ({
  taskSet,
  taskSets: taskSets.map((set) => (set.deployment.id === taskSet.deployment.id ? taskSet : set)),
});

/** Together with as much again of the service's own, in any script, this stays below what a store takes as one item. */
const MAX_TOGETHER = 64 * 1024;

/** Faults: LimitExceeded when the task sets, which are one item with their service, have become too large for it. */
export function requireRoom(taskSets: readonly TaskSet[]): readonly TaskSet[] {
  if (JSON.stringify(taskSets).length <= MAX_TOGETHER) return taskSets;
  throw new Fault(
    'LimitExceeded',
    `The task sets of a service must have at most ${MAX_TOGETHER} characters together, tags included: delete a task set or use fewer tags.`,
  );
}
