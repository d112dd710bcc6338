import { expect, test } from 'vitest';
import { createCapacityProvider } from '#control/capacity-providers/create-capacity-provider.ts';
import { putClusterProviders } from '#control/clusters/update-cluster.ts';
import { describeInstances } from '#control/instances/read-instances.ts';
import type { CapacityPolicy, CapacityProvider, MachinePool } from '#control/ports.ts';
import { createService } from '#control/services/create-service.ts';
import { updateService } from '#control/services/update-service.ts';
import { describeTasks, listTasks } from '#control/tasks/read-tasks.ts';
import type { AutoScalingGroupChanges } from '#core/capacity/check-provider.ts';
import type { FlowAgent } from '#test/support/flow-agent.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

/** Four tasks fill a machine. */
const size = { cpu: 512, memory: 1_024 };
const CLUSTER = 'default';

/** Machines by id, with the provider they were launched for. */
class Machines implements CapacityProvider {
  readonly launched = new Map<string, string>();
  max = 8;
  policy = (): CapacityPolicy => ({ min: 0, max: this.max, standby: 0, size });
  list = async ({ capacityProvider = '' }: MachinePool) =>
    [...this.launched]
      .filter(([, provider]) => provider === capacityProvider)
      .map(([machineId]) => ({ machineId, state: 'running' as const }));
  launch = async ({ capacityProvider = '' }: MachinePool, machineId: string) => {
    this.launched.set(machineId, capacityProvider);
  };
  terminate = async (_pool: MachinePool, machineId: string) => void this.launched.delete(machineId);
}

type Scene = Awaited<ReturnType<typeof scene>>;

/** A cluster with these providers, each scaled by ECS to fill its machines, and no machine at all. */
async function scene(providers: Readonly<Record<string, Partial<AutoScalingGroupChanges>>>) {
  const machines = new Machines();
  const world = await flowWorld({ capacity: machines });
  for (const [name, changes] of Object.entries(providers)) {
    const autoScalingGroup = {
      autoScalingGroupArn: name,
      ...changes,
      managedScaling: { status: 'ENABLED', targetCapacity: 100, instanceWarmupPeriod: 0, ...changes.managedScaling },
    } as const;
    await createCapacityProvider(world.deps, { name, autoScalingGroup, tags: [] });
  }
  await putClusterProviders(world.deps, CLUSTER, Object.keys(providers), []);
  return { world, machines, agents: new Map<string, FlowAgent>() };
}

/** Lets every launched machine join and every ended one fall silent, and the world go on, until nothing moves. */
async function goOn(here: Scene): Promise<void> {
  const { world, machines, agents } = here;
  for (let round = 0; round < 6; round += 1) {
    for (const [machineId, capacityProvider] of machines.launched) {
      if (agents.has(machineId)) continue;
      agents.set(machineId, await world.agent(machineId, size, 'local', { machineId, capacityProvider }));
    }
    await converge(here);
    await world.sweep();
    await converge(here);
  }
}

/** As the world's own, but an agent stops with its machine, and when it was told that it is no instance any more. */
async function converge({ world, machines, agents }: Scene): Promise<void> {
  for (let isMoving = true; isMoving; ) {
    await world.settle();
    isMoving = false;
    for (const [machineId, agent] of agents) {
      const [view] = await describeInstances(world.deps, CLUSTER, [agent.instanceId]);
      agent.isUp = machines.launched.has(machineId) && view?.reservation.status !== 'INACTIVE';
      if (agent.isUp && (await agent.beat())) isMoving = true;
    }
  }
}

/** Long enough for what runs to end, and for the machines then to have been idle as long as they may be. */
async function waitIdle(scene: Scene): Promise<void> {
  const { machineIdle, heartbeat } = scene.world.deps.timings;
  for (let waited = 0; waited <= machineIdle * 2; waited += heartbeat) {
    scene.world.advance(heartbeat);
    await scene.world.sweep();
    await converge(scene);
  }
  await goOn(scene);
}

const serve = async ({ deps }: FlowWorld, name: string, provider: string, desiredCount: number): Promise<void> => {
  const capacityProviderStrategy = [{ capacityProvider: provider, base: 0, weight: 1 }];
  const service = { cluster: CLUSTER, name, capacityProviderStrategy, taskDefinition: 'web:1' };
  await createService(deps, { ...service, desiredCount, tags: [], createdBy: 'me' });
};

const scale = ({ deps }: FlowWorld, name: string, desiredCount: number) =>
  updateService(deps, { cluster: CLUSTER, name, desiredCount, forceNewDeployment: false });

const countOf = ({ machines }: Scene, provider: string): number =>
  [...machines.launched.values()].filter((it) => it === provider).length;

/** How many of the provider's machines run something. */
const usedOf = ({ machines, agents }: Scene, provider: string): number =>
  [...agents].filter(([id, { running }]) => machines.launched.get(id) === provider && running.size > 0).length;

/** The provider of each wanted task beside that of the machine it is on. */
async function homes({ world: { deps } }: Scene): Promise<readonly string[]> {
  const { taskIds } = await listTasks(deps, { cluster: CLUSTER, desiredStatus: 'RUNNING' }, { limit: 100 });
  const tasks = (await describeTasks(deps, CLUSTER, taskIds)).flatMap((view) => (view ? [view.task] : []));
  const on = await describeInstances(
    deps,
    CLUSTER,
    tasks.map(({ assignment }) => assignment?.instanceId ?? ''),
  );
  return tasks.map(({ capacityProvider }, at) => `${capacityProvider} on ${on[at]?.reservation.capacityProvider}`);
}

test('two providers without a machine, each given a service, grow from zero and shrink apart', async () => {
  const here = await scene({ metal: {}, spare: { managedScaling: { targetCapacity: 50 } } });
  await serve(here.world, 'one', 'metal', 8);
  await serve(here.world, 'two', 'spare', 4);
  await goOn(here);
  const [full, half] = [countOf(here, 'metal'), countOf(here, 'spare')];
  expect([full, usedOf(here, 'metal')]).toEqual([2, 2]);
  expect(usedOf(here, 'spare')).toBeGreaterThan(0);
  expect(half).toBe(2 * usedOf(here, 'spare'));
  expect(countOf(here, '')).toBe(0);
  expect(new Set(await homes(here))).toEqual(new Set(['metal on metal', 'spare on spare']));
  await scale(here.world, 'one', 0);
  await waitIdle(here);
  expect([countOf(here, 'metal'), countOf(here, 'spare')]).toEqual([0, half]);
  expect(await homes(here)).toHaveLength(4);
});

test('a provider whose machines are warm only later, keeps them through the warm-up', async () => {
  const here = await scene({ metal: { managedScaling: { instanceWarmupPeriod: 3_600 } } });
  await serve(here.world, 'one', 'metal', 4);
  await goOn(here);
  const before = countOf(here, 'metal');
  await scale(here.world, 'one', 0);
  await waitIdle(here);
  expect(before).toBeGreaterThan(0);
  expect(countOf(here, 'metal')).toBe(before);
  here.world.advance(3_600_000);
  await waitIdle(here);
  expect(countOf(here, 'metal')).toBe(0);
});

/** Two busy machines of which the group may have one only from now on. */
async function lowered(changes: Partial<AutoScalingGroupChanges>): Promise<Scene> {
  const here = await scene({ metal: changes });
  await serve(here.world, 'one', 'metal', 8);
  await goOn(here);
  expect(countOf(here, 'metal')).toBe(2);
  here.machines.max = 1;
  await scale(here.world, 'one', 5);
  await goOn(here);
  return here;
}

test('a maximum below the busy machines, with termination protection, ends none of them', async () => {
  const here = await lowered({ managedTerminationProtection: 'ENABLED' });
  expect(countOf(here, 'metal')).toBe(2);
  expect(await homes(here)).toHaveLength(5);
});

test('a maximum below the busy machines, with managed draining, drains one and ends it when it is empty', async () => {
  const here = await lowered({});
  const statuses = async () => {
    const ids = [...here.agents.values()].map(({ instanceId }) => instanceId);
    return (await describeInstances(here.world.deps, CLUSTER, ids)).map((view) => view?.reservation.status).toSorted();
  };
  // The fifth task has nowhere else to go, and half the service may not go with it: the machine stays until it can.
  expect(await statuses()).toEqual(['ACTIVE', 'DRAINING']);
  expect(countOf(here, 'metal')).toBe(2);
  await scale(here.world, 'one', 2);
  await waitIdle(here);
  expect(countOf(here, 'metal')).toBe(1);
  expect(await statuses()).toEqual(['ACTIVE', 'INACTIVE']);
});

test('a maximum below the busy machines, without draining or protection, ends one with its tasks', async () => {
  const here = await lowered({ managedDraining: 'DISABLED' });
  expect(countOf(here, 'metal')).toBe(1);
  const on = await homes(here);
  expect(on.filter((it) => it === 'metal on metal')).toHaveLength(4);
});
