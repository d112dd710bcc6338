import { describe, expect, it } from 'vitest';
import { definitions, read } from '#control/records.ts';
import { createService } from '#control/services/create-service.ts';
import { deleteService } from '#control/services/delete-service.ts';
import { deleteTaskDefinition } from '#control/task-definitions/delete.ts';
import { deregisterTaskDefinition } from '#control/task-definitions/deregister.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

const MINUTE_MS = 60_000;
const WEB_2 = { family: 'web', revision: 2 };

async function deletionOf(world: FlowWorld, text: string): Promise<void> {
  await deregisterTaskDefinition(world.deps, text);
  await deleteTaskDefinition(world.deps, text);
}

const statusOf = async (world: FlowWorld) => (await read(world.store, definitions, WEB_2))?.value.status;

/** As the schedule does it, at every interval of the next while. */
async function sweepFor(world: FlowWorld, ms: number): Promise<void> {
  const { sweep } = world.deps.timings;
  for (let passed = 0; passed < ms; passed += sweep) {
    world.advance(sweep);
    await world.sweep();
    await world.converge();
  }
}

const SERVICE = {
  cluster: 'default',
  name: 'shop',
  taskDefinition: 'web:2',
  desiredCount: 1,
  minimumHealthyPercent: 0,
  maximumPercent: 200,
  placementConstraints: [],
  placementStrategy: [],
  enableExecuteCommand: false,
  enableECSManagedTags: false,
  echo: {},
  tags: [],
  createdBy: 'arn:aws:iam::000000000000:user/test',
} as const;

describe('a task definition in DELETE_IN_PROGRESS', () => {
  it('that nothing uses, is removed by a sweep once requests that saw it ACTIVE are over', async () => {
    const world = await flowWorld();
    await deletionOf(world, 'web:2');
    await sweepFor(world, world.deps.timings.sweep);
    expect(await statusOf(world)).toBe('DELETE_IN_PROGRESS');
    await sweepFor(world, MINUTE_MS);
    expect(await statusOf(world)).toBeUndefined();
  });

  it('of a service, stays until the service is gone and its stopped tasks are no longer described', async () => {
    const world = await flowWorld();
    await world.agent('one');
    await createService(world.deps, SERVICE);
    await world.converge();
    await deletionOf(world, 'web:2');
    await sweepFor(world, 5 * MINUTE_MS);
    expect(await statusOf(world)).toBe('DELETE_IN_PROGRESS');
    await deleteService(world.deps, 'default', 'shop', true);
    await world.converge();
    await sweepFor(world, 10 * MINUTE_MS);
    expect(await statusOf(world)).toBe('DELETE_IN_PROGRESS');
    world.advance(world.deps.timings.stoppedRetention);
    world.store.expire(world.clock.now());
    await world.sweep();
    world.advance(world.deps.timings.sweep);
    for (let passed = 0; passed < 60 * MINUTE_MS; passed += world.deps.timings.sweep) {
      world.advance(world.deps.timings.sweep);
      await world.sweep();
    }
    expect(await statusOf(world)).toBeUndefined();
  });
});
