import { describe, expect, test } from 'vitest';
import { heartbeat } from '#control/instances/heartbeat.ts';
import { createService } from '#control/services/create-service.ts';
import { describeServices } from '#control/services/read-services.ts';
import { tagResource, untagResource } from '#control/tags/tag-resource.ts';
import type { Tag } from '#core/model/tag.ts';
import { AGENT_PROTOCOL } from '#events/agent-wire.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

const fenced = [{ key: 'berth:disconnect-mode', value: 'fenced' }];
const web = { kind: 'service', cluster: 'default', service: 'web' } as const;

const create = (world: FlowWorld, tags: readonly Tag[]) =>
  createService(world.deps, {
    cluster: 'default',
    name: 'web',
    taskDefinition: 'web',
    desiredCount: 1,
    tags,
    createdBy: 'test',
  });

/** What the machine is told of the one task it holds and does not know yet. */
async function orders(world: FlowWorld, agent: { readonly instanceId: string; readonly epoch: number }) {
  await world.settle();
  const answer = await heartbeat(
    world.deps,
    { cluster: 'default', instanceId: agent.instanceId },
    { protocol: AGENT_PROTOCOL, agentEpoch: agent.epoch, seen: 0, synced: true, known: [], reports: [] },
  );
  return answer.assignments?.map(({ spec }) => spec?.fenced);
}

describe('disconnect mode of a service', () => {
  test('no tag, its tasks are not fenced', async () => {
    const world = await flowWorld();
    const agent = await world.agent('m1');
    await create(world, []);
    expect(await orders(world, agent)).toEqual([undefined]);
  });

  test('tagged fenced at its creation, its tasks reach the machine fenced', async () => {
    const world = await flowWorld();
    const agent = await world.agent('m1');
    await create(world, fenced);
    expect(await orders(world, agent)).toEqual([true]);
  });

  test('tag removed later, the next task is not fenced any more', async () => {
    const world = await flowWorld();
    const agent = await world.agent('m1');
    await create(world, fenced);
    await world.converge();
    await untagResource(world.deps, web, ['berth:disconnect-mode']);
    const [first = ''] = agent.running.keys();
    agent.crash(first, 'InfrastructureHealth');
    await agent.beat();
    expect(await orders(world, agent)).toEqual([undefined]);
  });

  test('a value there is not, is refused by name when creating and when tagging', async () => {
    const world = await flowWorld();
    const wrong = [{ key: 'berth:disconnect-mode', value: 'Fenced' }];
    const refusal = "The tag berth:disconnect-mode has the value 'Fenced'; it must be 'available' or 'fenced'.";
    await expect(create(world, wrong)).rejects.toThrow(refusal);
    await create(world, []);
    await expect(tagResource(world.deps, web, wrong)).rejects.toThrow(refusal);
  });

  test('a task the fence ended, is replaced at once and is not counted as a failure', async () => {
    const world = await flowWorld();
    const agent = await world.agent('m1');
    await create(world, fenced);
    await world.converge();
    const [first = ''] = agent.running.keys();
    agent.crash(first, 'InfrastructureHealth');
    await world.converge();
    expect(agent.started).toHaveLength(2);
    const [view] = await describeServices(world.deps, 'default', ['web']);
    expect(view?.counts).toMatchObject([{ running: 1, failed: 0 }]);
  });
});
