import { assertNever } from '#core/assert-never.ts';
import type { DeploymentSpec, ServiceState } from '#core/model/service.ts';
import type { AnyService } from '#core/model/task-set.ts';
import type { ServiceAction, ServicePlan } from '#core/service/service-plan.ts';
import { emptySlot, markSlotRunning, startSlot } from '#core/service/slot-transitions.ts';
import { chunkOf } from '#core/service/slots.ts';
import { deploymentSpecs } from '#core/service/task-sets.ts';
import type { Dependencies } from '../dependencies.ts';
import { ringAgents } from '../instances/ring-agents.ts';
import { type Expectation, MAX_TRANSACTION_WRITES, type Write } from '../ports.ts';
import { loadDefinition } from '../task-definitions/load-definition.ts';
import { waitingTaskWrite } from '../tasks/launch-tasks.ts';
import { recordWrites } from './deployment-records.ts';
import type { ServiceReading } from './read-service.ts';
import { type Happenings, isSameOutlook, nextState, stateWrites } from './service-outlook.ts';
import { serviceTask } from './service-task.ts';
import { SlotChunkEdit } from './slot-chunks.ts';
import { stopServiceTasks } from './stop-service-tasks.ts';

/** Of a transaction's 100 writes, these are for actions; the rest is for the service, its state and its events. */
const ACTION_WRITES = 85;

/** Where a plan stands between two of its transactions. */
interface Progress {
  readonly state: ServiceState | undefined;
  readonly stateVersion: Expectation;
  readonly chunks: SlotChunkEdit;
}

/**
 * The one door through which a service's plan reaches the store. Each transaction moves the service's state item and
 * checks the intent it was planned from, so two workers, or a worker and a user, can never both act on old news.
 */
export async function applyServicePlan(
  deps: Dependencies,
  reading: ServiceReading,
  plan: ServicePlan,
): Promise<'applied' | 'conflict'> {
  const { snapshot, id } = reading;
  if (plan.actions.length === 0 && isSameOutlook(snapshot, plan.outlook)) return 'applied';
  let progress: Progress = {
    state: snapshot.state,
    stateVersion: reading.stateVersion ?? 'absent',
    chunks: SlotChunkEdit.over(id.cluster, reading.chunks),
  };
  for (const actions of batches(plan.actions)) {
    const next = await applyBatch(deps, reading, plan, actions, progress);
    if (next === 'conflict') return 'conflict';
    progress = next;
  }
  return 'applied';
}

/** As many actions to a transaction as their writes allow, in order: a chunk is written once for all of its slots. */
function batches(actions: readonly ServiceAction[]): readonly (readonly ServiceAction[])[] {
  const filled: ServiceAction[][] = [[]];
  let chunks = new Set<string>();
  let writes = 0;
  for (const action of actions) {
    const chunk = chunkNameOf(action);
    if (writes + OWN_WRITES[action.kind] + (chunks.has(chunk) ? 0 : 1) > ACTION_WRITES) {
      filled.push([]);
      chunks = new Set();
      writes = 0;
    }
    writes += OWN_WRITES[action.kind] + (chunks.has(chunk) ? 0 : 1);
    chunks.add(chunk);
    filled.at(-1)?.push(action);
  }
  return filled;
}

/**
 * Writes an action needs beside its chunk. A stop changes the task and its machine, or settles a task without one; the
 * third leaves room for the checks that a healthy stop needs (rule R18).
 */
const OWN_WRITES: Readonly<Record<ServiceAction['kind'], number>> = {
  start: 1,
  stop: 3,
  'fold-running': 0,
  'drop-chunk': 0,
};

const chunkNameOf = (action: ServiceAction): string =>
  `${action.deployment}/${action.kind === 'drop-chunk' ? action.chunk : chunkOf(action.index)}`;

async function applyBatch(
  deps: Dependencies,
  reading: ServiceReading,
  plan: ServicePlan,
  actions: readonly ServiceAction[],
  { state, stateVersion, chunks }: Progress,
): Promise<Progress | 'conflict'> {
  const stops = actions.filter((action) => action.kind === 'stop');
  const stopped = await stopServiceTasks(deps, reading.snapshot.service, stops, chunks);
  if (stopped.isStale) return 'conflict';
  const { writes: editWrites, started } = await editSlots(deps, reading, actions, chunks);
  const happenings: Happenings = { started, stopped: stopped.taskIds };
  const after = nextState(reading.snapshot, state, plan.outlook, happenings);
  const change = { before: state, after, expect: stateVersion, outlook: plan.outlook, happenings };
  const writes: Write[] = [
    ...stateWrites(deps, reading, change),
    ...(await recordWrites(deps, reading, change)),
    ...stopped.writes,
    ...editWrites,
    ...chunks.writes(),
  ];
  const checks = stops.some(({ healthy }) => healthy)
    ? chunks.healthChecks(MAX_TRANSACTION_WRITES - writes.length)
    : [];
  const outcome = await deps.store.transact([...writes, ...checks]);
  if (outcome.kind === 'conflict') return 'conflict';
  for (const change of stopped.rung) deps.fleet.learn(change.reservation, change.version);
  await ringAgents(deps, stopped.rung);
  return {
    state: after,
    stateVersion: stateVersion === 'absent' ? 1 : stateVersion + 1,
    chunks: chunks.committed(),
  };
}

/** Starts and folds change slots; starts also make the task, waiting for a machine. */
async function editSlots(
  deps: Dependencies,
  reading: ServiceReading,
  actions: readonly ServiceAction[],
  chunks: SlotChunkEdit,
): Promise<{ readonly writes: readonly Write[]; readonly started: readonly string[] }> {
  const { service } = reading.snapshot;
  const writes: Write[] = [];
  const started: string[] = [];
  for (const action of actions) {
    switch (action.kind) {
      case 'start': {
        const slot = { service: service.name, deployment: action.deployment, index: action.index };
        const deployment = specOf(service, action.deployment);
        const definition = await loadDefinition(deps, deployment.definition);
        const task = serviceTask(deps, service, deployment, definition, action);
        chunks.set(slot, startSlot(chunks.slot(slot) ?? emptySlot(action.index)));
        writes.push(waitingTaskWrite(task));
        started.push(task.taskId);
        break;
      }
      case 'fold-running': {
        const slot = { service: service.name, deployment: action.deployment, index: action.index };
        const now = deps.clock.now();
        chunks.change({ slot, epoch: action.epoch }, (chunk, index, epoch) =>
          markSlotRunning(chunk, index, epoch, now),
        );
        break;
      }
      case 'drop-chunk': {
        const dropped = chunks.drop({ service: service.name, deployment: action.deployment, chunk: action.chunk });
        if (dropped) writes.push(dropped);
        break;
      }
      case 'stop':
        // Stopped before, because a stop needs the task and its machine.
        break;
      default:
        assertNever(action);
    }
  }
  return { writes, started };
}

/** Planners start tasks of what the service wants and of nothing else. */
function specOf(service: AnyService, id: string): DeploymentSpec {
  const spec = deploymentSpecs(service).find((deployment) => deployment.id === id);
  if (!spec) throw new TypeError(`a plan starts tasks of ${id}, which service ${service.name} does not want`);
  return spec;
}
