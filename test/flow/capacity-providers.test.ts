import { expect, test } from 'vitest';
import { createCapacityProvider } from '#control/capacity-providers/create-capacity-provider.ts';
import { putClusterProviders } from '#control/clusters/update-cluster.ts';
import { createService } from '#control/services/create-service.ts';
import { updateService } from '#control/services/update-service.ts';
import { describeTasks, listTasks } from '#control/tasks/read-tasks.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

const strategy = [
  { capacityProvider: 'metal', base: 2, weight: 1 },
  { capacityProvider: 'spare', base: 0, weight: 3 },
];

async function providersOf({ deps }: FlowWorld): Promise<Readonly<Record<string, number>>> {
  const { taskIds } = await listTasks(deps, { cluster: 'default', desiredStatus: 'RUNNING' }, { limit: 100 });
  const names = (await describeTasks(deps, 'default', taskIds)).map((view) => view?.task.capacityProvider ?? '');
  return Object.fromEntries([...new Set(names)].sort().map((name) => [name, names.filter((it) => it === name).length]));
}

test('a service with a strategy, at every size and after crashes, has its base first and then its shares', async () => {
  const world = await flowWorld();
  const large = { cpu: 64_000, memory: 128_000 };
  const agent = await world.agent('one', large, 'local', { capacityProvider: 'metal' });
  await world.agent('two', large, 'local', { capacityProvider: 'spare' });
  for (const name of ['metal', 'spare']) {
    await createCapacityProvider(world.deps, { name, autoScalingGroup: { autoScalingGroupArn: name }, tags: [] });
  }
  await putClusterProviders(world.deps, 'default', ['metal', 'spare'], []);
  const service = { cluster: 'default', name: 'web', capacityProviderStrategy: strategy };
  await createService(world.deps, { ...service, taskDefinition: 'web:1', desiredCount: 10, tags: [], createdBy: 'me' });
  const scale = async (desiredCount: number) => {
    await updateService(world.deps, { cluster: 'default', name: 'web', desiredCount, forceNewDeployment: false });
    await world.converge();
  };
  await world.converge();
  expect(await providersOf(world)).toEqual({ metal: 4, spare: 6 });
  for (const taskId of [...agent.running.keys()].slice(0, 3)) agent.crash(taskId);
  await world.converge();
  world.advance(5_000);
  await world.sweep();
  await world.converge();
  expect(await providersOf(world)).toEqual({ metal: 4, spare: 6 });
  await scale(2);
  expect(await providersOf(world)).toEqual({ metal: 2 });
  await scale(6);
  expect(await providersOf(world)).toEqual({ metal: 3, spare: 3 });
});
