import { assertNever } from '#core/assert-never.ts';
import { type CapacityAction, type CapacityPlan, planCapacity } from '#core/capacity/plan-capacity.ts';
import { providerOf } from '#core/capacity/pool.ts';
import { Fault } from '#core/fault.ts';
import type { CapacityState } from '#core/model/container-instance.ts';
import type { Task } from '#core/model/task.ts';
import { readPools, type ScaledPool } from '../capacity-providers/read-pools.ts';
import type { Dependencies } from '../dependencies.ts';
import { deregisterInstance } from '../instances/deregister-instance.ts';
import { forceDeregister } from '../instances/force-deregister.ts';
import { setInstanceState } from '../instances/set-instance-state.ts';
import { unplacedPartition } from '../keys.ts';
import type { MachinePool } from '../ports.ts';
import { asRecord, capacityStates, put, read, readMany, tasks, type Versioned } from '../records.ts';

/** Waiting tasks looked at: more than the launches of one run could serve. */
const MAX_WAITING = 1_000;
/** Draining, ending and replacing a machine follow each other; what is left after this waits for the next sweep. */
const MAX_PASSES = 4;

/**
 * Brings a cluster's machines to what its tasks and its policy want. Safe to run twice at once and after a crash;
 * on a cluster that needs nothing it writes nothing. Clusters without a policy are left alone.
 */
export async function reconcileCapacity(deps: Dependencies, cluster: string): Promise<void> {
  for (const scaled of await readPools(deps, cluster)) await reconcilePool(deps, scaled);
}

async function reconcilePool(deps: Dependencies, scaled: ScaledPool): Promise<void> {
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    if ((await runPass(deps, scaled)) === 'settled') return;
  }
}

async function runPass(deps: Dependencies, scaled: ScaledPool): Promise<'acted' | 'settled'> {
  const { pool } = scaled;
  const remembered = await read(deps.store, capacityStates, pool);
  const plan = await decide(deps, scaled, remembered);
  const launches = mintMachines(deps, plan);
  const state = {
    ...plan.state,
    machines: [...plan.state.machines, ...launches],
  };
  // Invariant: a machine is remembered before it is asked for, so a crash in between cannot leak it.
  if (!(await remember(deps, state, remembered))) return 'acted';
  for (const { machineId } of launches) await attempt(deps, pool, { kind: 'relaunch', machineId });
  for (const action of plan.actions) await attempt(deps, pool, action);
  return plan.actions.length > 0 ? 'acted' : 'settled';
}

async function decide(
  deps: Dependencies,
  { pool, policy }: ScaledPool,
  remembered: Versioned<CapacityState> | undefined,
): Promise<CapacityPlan> {
  const [machines, instances, unplaced] = await Promise.all([
    deps.capacity.list(pool),
    deps.fleet.load(deps, pool.cluster, { fresh: true }),
    readWaiting(deps, pool),
  ]);
  const { clock, timings } = deps;
  return planCapacity({
    policy,
    machines,
    state: remembered?.value,
    instances,
    unplaced,
    ...pool,
    now: clock.now(),
    timings,
  });
}

/** Tasks placement already found no room for; those it has not looked at yet may well fit what is there. */
async function readWaiting(deps: Dependencies, { cluster, capacityProvider }: MachinePool): Promise<readonly Task[]> {
  const page = await deps.store.queryIndex({
    pk: unplacedPartition(cluster),
    limit: MAX_WAITING,
  });
  const ids = page.items.map((item) => ({
    cluster,
    taskId: asRecord(tasks, item).value.taskId,
  }));
  const found = await readMany(deps.store, tasks, ids);
  return found
    .flatMap((task) => (task ? [task.value] : []))
    .filter((task) => task.desiredStatus === 'RUNNING' && !task.assignment && task.unplaced)
    .filter((task) => providerOf(task) === capacityProvider);
}

function mintMachines(deps: Dependencies, plan: CapacityPlan): CapacityState['machines'] {
  const count = plan.actions.reduce((sum, action) => sum + (action.kind === 'launch' ? action.count : 0), 0);
  return Array.from({ length: count }, () => ({
    machineId: `m-${deps.ids.hex(16)}`,
    launchedAt: deps.clock.now(),
  }));
}

/** False when another worker wrote first: the plan is void and must be made again. */
async function remember(
  { store }: Dependencies,
  state: CapacityState,
  before: Versioned<CapacityState> | undefined,
): Promise<boolean> {
  if (JSON.stringify(state.machines) === JSON.stringify(before?.value.machines ?? [])) return true;
  const outcome = await store.transact([put(capacityStates, state, state, before?.version ?? 'absent')]);
  return outcome.kind === 'committed';
}

/** One machine's trouble must not keep the others waiting; what failed is planned again at the next run. */
async function attempt(deps: Dependencies, pool: MachinePool, action: CapacityAction): Promise<void> {
  try {
    await apply(deps, pool, action);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    deps.log.warn('capacity action failed', {
      ...pool,
      action,
      code: error.code,
      error: error.message,
    });
  }
}

async function apply(deps: Dependencies, pool: MachinePool, action: CapacityAction): Promise<void> {
  const { cluster } = pool;
  switch (action.kind) {
    case 'launch':
      return; // Minted and remembered above; each is asked for by its id.
    case 'relaunch':
      return deps.capacity.launch(pool, action.machineId);
    case 'drain':
      await setInstanceState(deps, cluster, action.instanceId, 'DRAINING');
      return;
    case 'evict':
      return forceDeregister(deps, cluster, action.instanceId);
    case 'terminate':
      // Deregistered first: that fails when a task arrived meanwhile, and then the machine must stay.
      if (action.instanceId !== undefined) await deregisterInstance(deps, cluster, action.instanceId);
      return deps.capacity.terminate(pool, action.machineId);
    case 'deregister':
      await deregisterInstance(deps, cluster, action.instanceId);
      return;
    default:
      return assertNever(action);
  }
}
