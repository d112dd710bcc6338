import { describe, expect, test } from 'vitest';
import { createService } from '#control/services/create-service.ts';
import { listDeploymentRecords } from '#control/services/deployment-records.ts';
import { reconcileService } from '#control/services/reconcile-service.ts';
import { stopDeployment } from '#control/services/stop-deployment.ts';
import { updateService } from '#control/services/update-service.ts';
import { flowWorld } from '#test/support/flow-world.ts';
import { pauseAt, SHIFTED, type ShiftWorld, shiftWorld } from '#test/support/shift-world.ts';

const MINUTE = 60_000;
const HEALTHY = 60_000;
const BAKED = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 } as const;

const stop = async (world: ShiftWorld, rollback: boolean) => {
  const { digits: deployment } = await world.newest();
  await stopDeployment(world.deps, { cluster: 'default', service: SHIFTED, deployment, rollback });
  await world.converge();
};

/** Traffic is shifted and baked, but no machine answers that the old tasks have stopped. */
async function cleaningUp(): Promise<ShiftWorld> {
  const world = await shiftWorld({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 });
  await world.rollTo(2);
  await world.pass(HEALTHY);
  for (const agent of world.agents) agent.isUp = false;
  await world.pass(MINUTE);
  return world;
}

describe('deployment that shifts traffic', () => {
  test('stopped while it bakes, gives the traffic back and stops the new revision', async () => {
    const world = await shiftWorld(BAKED);
    const blue = await world.deployment();
    await world.rollTo(2);
    await world.pass(2 * HEALTHY);
    expect(world.router.production(blue)).toBe(0);
    await stop(world, true);
    expect(world.router.production(blue)).toBe(100);
    await world.pass(MINUTE);
    expect(await world.newest()).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', rolledBackTo: blue });
    expect(await world.running()).toEqual([1, 1]);
  });

  test('stopped without rollback, stays as it is', async () => {
    const world = await shiftWorld({
      strategy: 'LINEAR',
      linearConfiguration: { stepPercent: 20, stepBakeTimeInMinutes: 5 },
    });
    await world.rollTo(2);
    await world.pass(HEALTHY);
    const green = await world.deployment();
    await stop(world, false);
    await world.pass(10 * MINUTE);
    expect(await world.newest()).toMatchObject({ status: 'STOPPED' });
    expect(world.router.production(green)).toBe(20);
    expect(await world.running()).toEqual([1, 1, 2, 2]);
  });

  test('stopped at its last stage, is refused', async () => {
    const world = await cleaningUp();
    const found = await world.newest();
    expect(found).toMatchObject({ status: 'IN_PROGRESS', stage: 'CLEAN_UP' });
    await expect(stop(world, true)).rejects.toMatchObject({ code: 'Conflict' });
  });

  test('whose tasks crash, is rolled back by the circuit breaker before it gets any traffic', async () => {
    const world = await shiftWorld(BAKED, { enable: true, rollback: true });
    const blue = await world.deployment();
    await world.rollTo(2);
    for (let round = 0; round < 2; round += 1) {
      await world.crash(2);
      await world.pass(20_000);
    }
    await world.pass(MINUTE);
    expect(await world.newest()).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', rolledBackTo: blue });
    expect(await world.running()).toEqual([1, 1]);
    expect(
      world.router.asked.every(({ shares }) =>
        shares.every(({ production }) => production === 0 || production === 100),
      ),
    ).toBe(true);
    expect(world.router.production(blue)).toBe(100);
  });

  test('given up by the circuit breaker, keeps the old revision whole and gives the traffic back once it is asked to', async () => {
    const linearConfiguration = { stepPercent: 20, stepBakeTimeInMinutes: 60 };
    const threshold = { type: 'COUNT', value: 2 } as const;
    const breaker = { enable: true, resetOnHealthyTask: false, threshold };
    const world = await shiftWorld({ strategy: 'LINEAR', linearConfiguration }, { ...breaker, rollback: false });
    const blue = await world.deployment();
    await world.rollTo(2);
    const green = await world.deployment();
    await world.pass(HEALTHY);
    expect(world.router.production(green)).toBe(20);
    await world.crash(2);
    await world.pass(20_000);
    await world.crash(2);
    await world.crash(1);
    await world.pass(2 * MINUTE);
    expect(await world.newest()).toMatchObject({ status: 'STOPPED', reason: 'tasks failed to start.' });
    expect(await world.running()).toEqual([1, 1]);
    expect(world.router.production(green)).toBe(20);
    await updateService(world.deps, {
      cluster: 'default',
      name: SHIFTED,
      circuitBreaker: { ...breaker, rollback: true },
      forceNewDeployment: false,
    });
    await world.pass(MINUTE);
    expect(await world.deployment()).toBe(blue);
    expect(world.router.production(blue)).toBe(100);
  });

  test('overtaken by the next one, goes, and the next one starts from the revision before both', async () => {
    const world = await shiftWorld({ ...BAKED, lifecycleHooks: [pauseAt('RECONCILE_SERVICE')] });
    const blue = await world.deployment();
    await world.rollTo(2);
    await world.pass(2 * HEALTHY);
    expect(world.router.production(blue)).toBe(0);
    await world.rollTo(1);
    await world.pass(MINUTE);
    expect(await world.newest()).toMatchObject({ status: 'IN_PROGRESS', stage: 'RECONCILE_SERVICE' });
    expect(world.router.production(blue)).toBe(100);
    expect(await world.running()).toEqual([1, 1]);
    const statuses = (await listDeploymentRecords(world.deps, 'default', SHIFTED)).map(({ status }) => status);
    expect(statuses).toEqual(['IN_PROGRESS', 'STOPPED', 'SUCCESSFUL']);
  });

  test('overtaken at its last stage, counts as done and is what the next one starts from', async () => {
    const world = await cleaningUp();
    const second = await world.deployment();
    expect(await world.newest()).toMatchObject({ stage: 'CLEAN_UP' });
    for (const agent of world.agents) agent.isUp = true;
    await updateService(world.deps, {
      cluster: 'default',
      name: SHIFTED,
      taskDefinition: 'web:1',
      forceNewDeployment: true,
    });
    await world.pass(3 * MINUTE);
    const records = await listDeploymentRecords(world.deps, 'default', SHIFTED);
    expect(records.map(({ status }) => status)).toEqual(['SUCCESSFUL', 'SUCCESSFUL', 'SUCCESSFUL']);
    expect(records[0]?.shift?.source).toBe(second);
    expect(await world.running()).toEqual([1, 1]);
  });

  test('strategy changed to ROLLING, next deployment rolls', async () => {
    const world = await shiftWorld(BAKED);
    await updateService(world.deps, {
      cluster: 'default',
      name: SHIFTED,
      rollout: { strategy: 'ROLLING' },
      forceNewDeployment: false,
    });
    const asked = world.router.asked.length;
    await world.rollTo(2);
    await world.pass(3 * MINUTE);
    expect((await world.newest()).stage).toBeUndefined();
    expect(await world.running()).toEqual([2, 2]);
    expect(world.router.asked).toHaveLength(asked);
  });
});

describe('worker that dies between the router and its commit', () => {
  test('leaves a share that the next worker asks for again, and nothing else', async () => {
    const world = await shiftWorld(BAKED);
    const { deps, router } = world;
    let deaths = 0;
    const dying = {
      ...deps,
      router: {
        route: async (...asked: Parameters<typeof router.route>) => {
          await router.route(...asked);
          deaths += 1;
          throw new Error('the worker is gone');
        },
      },
    };
    await updateService(deps, {
      cluster: 'default',
      name: SHIFTED,
      taskDefinition: 'web:2',
      forceNewDeployment: false,
    });
    // Every step is first tried by a worker that dies once the router knows.
    for (let tick = 0; tick < 30; tick += 1) {
      await reconcileService(dying, 'default', SHIFTED).catch((error: unknown) => {
        expect(error).toMatchObject({ message: 'the worker is gone' });
      });
      await world.pass(10_000);
    }
    await world.pass(8 * MINUTE);
    expect(deaths).toBeGreaterThan(0);
    expect(await world.newest()).toMatchObject({ status: 'SUCCESSFUL' });
    const sequences = router.asked.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
    // The same sequence always means the same split.
    const texts = new Set(router.asked.map((split) => JSON.stringify(split)));
    expect(texts.size).toBe(new Set(sequences).size);
    expect(await world.running()).toEqual([2, 2]);
  });

  test('whose call comes late, does not bring an old share back', async () => {
    const world = await shiftWorld(BAKED);
    await world.rollTo(2);
    await world.pass(2 * HEALTHY);
    const green = await world.deployment();
    const [old] = world.router.asked.slice(-2);
    if (!old) throw new Error('the router was asked for nothing');
    await world.router.route({ cluster: 'default', service: SHIFTED }, old);
    expect(world.router.production(green)).toBe(100);
  });
});

describe('service without a router', () => {
  const rollout = { strategy: 'CANARY' } as const;
  const service = { cluster: 'default', name: SHIFTED, taskDefinition: 'web:1', desiredCount: 1, tags: [] };

  test('created or updated to shift traffic, is refused and left as it was', async () => {
    const world = await flowWorld();
    const create = createService(world.deps, { ...service, rollout, createdBy: 'test' });
    await expect(create).rejects.toMatchObject({
      code: 'Unsupported',
      message: expect.stringMatching(/use the strategy ROLLING/),
    });
    await createService(world.deps, { ...service, createdBy: 'test' });
    const update = updateService(world.deps, { cluster: 'default', name: SHIFTED, rollout, forceNewDeployment: false });
    await expect(update).rejects.toMatchObject({ code: 'Unsupported' });
  });
});

test('rolling deployment with a bake time, stopped while it bakes, rolls back; left alone, completes', async () => {
  const world = await shiftWorld({ bakeTimeInMinutes: 10 });
  await world.pass(11 * MINUTE);
  await world.rollTo(2);
  await world.pass(5 * MINUTE);
  expect(await world.running()).toEqual([2, 2]);
  expect(await world.newest()).toMatchObject({ status: 'IN_PROGRESS' });
  await stop(world, true);
  await world.pass(2 * MINUTE);
  expect(await world.running()).toEqual([1, 1]);
  await world.pass(10 * MINUTE);
  const records = await listDeploymentRecords(world.deps, 'default', SHIFTED);
  expect(records.map(({ status }) => status)).toEqual(['SUCCESSFUL', 'ROLLBACK_SUCCESSFUL', 'SUCCESSFUL']);
});
