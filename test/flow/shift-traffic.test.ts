import { describe, expect, test } from 'vitest';
import { deleteService } from '#control/services/delete-service.ts';
import { describeServices } from '#control/services/read-services.ts';
import { updateService } from '#control/services/update-service.ts';
import { SHIFTED, shiftWorld } from '#test/support/shift-world.ts';

const MINUTE = 60_000;
/** Long enough for new tasks to start and to count as healthy. */
const HEALTHY = 60_000;

describe('first deployment of a service that shifts traffic', () => {
  test('with nothing to replace, gets all traffic when its tasks are healthy and is complete', async () => {
    const world = await shiftWorld({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 });
    expect(await world.newest()).toMatchObject({ status: 'SUCCESSFUL', stage: 'CLEAN_UP' });
    expect(world.router.asked).toEqual([
      { sequence: expect.any(Number), shares: [{ deployment: await world.deployment(), production: 100, test: 100 }] },
    ]);
    expect(await world.running()).toEqual([1, 1]);
  });
});

describe('blue/green deployment', () => {
  test('whole, runs both revisions in full, shifts at once, bakes, and then stops the old one', async () => {
    const world = await shiftWorld({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 });
    const blue = await world.deployment();
    await world.rollTo(2);
    const green = await world.deployment();
    expect(await world.newest()).toMatchObject({ status: 'IN_PROGRESS', stage: 'SCALE_UP' });
    expect(await world.running()).toEqual([1, 1, 2, 2]);
    expect(world.router.production(blue)).toBe(100);
    await world.pass(HEALTHY);
    expect(await world.newest()).toMatchObject({ status: 'IN_PROGRESS', stage: 'BAKE_TIME' });
    expect([world.router.production(blue), world.router.production(green)]).toEqual([0, 100]);
    await world.pass(4 * MINUTE);
    expect(await world.running()).toEqual([1, 1, 2, 2]);
    await world.pass(MINUTE);
    expect(await world.newest()).toMatchObject({ id: green, status: 'SUCCESSFUL', stage: 'CLEAN_UP' });
    expect(await world.running()).toEqual([2, 2]);
    const shares = world.router.asked
      .slice(1)
      .map((split) => split.shares.map(({ production, test }) => [production, test]));
    expect(shares).toEqual([
      [
        [0, 0],
        [100, 100],
      ],
      [
        [0, 100],
        [100, 0],
      ],
      [
        [100, 100],
        [0, 0],
      ],
    ]);
  });

  test('complete, reconciled again, writes nothing', async () => {
    const world = await shiftWorld({ strategy: 'BLUE_GREEN' });
    await world.rollTo(2);
    await world.pass(2 * HEALTHY);
    const [view] = await describeServices(world.deps, 'default', [SHIFTED]);
    expect(view?.state).toMatchObject({ steady: true, deployments: [{ rolloutState: 'COMPLETED' }] });
    const writes = world.store.feed.latest();
    await world.sweep();
    await world.settle();
    expect(world.store.feed.latest()).toBe(writes);
  });

  test('baking, asked again and again, writes nothing until the time is over', async () => {
    const world = await shiftWorld({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 60 });
    await world.rollTo(2);
    await world.pass(2 * HEALTHY);
    const writes = world.store.feed.latest();
    for (let round = 0; round < 3; round += 1) {
      await world.sweep();
      await world.settle();
    }
    expect(world.store.feed.latest()).toBe(writes);
  });

  test('old revision, loses a task while the new one bakes, gets one of its own kind', async () => {
    const world = await shiftWorld({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 60 });
    await world.rollTo(2);
    await world.pass(2 * HEALTHY);
    await world.crash(1);
    expect(await world.running()).toEqual([2, 2]);
    await world.pass(MINUTE);
    expect(await world.running()).toEqual([1, 1, 2, 2]);
  });

  test('scaled while it bakes, scales both revisions', async () => {
    const world = await shiftWorld({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 60 });
    await world.rollTo(2);
    await world.pass(2 * HEALTHY);
    const scale = (desiredCount: number) =>
      updateService(world.deps, { cluster: 'default', name: SHIFTED, desiredCount, forceNewDeployment: false });
    await scale(3);
    await world.pass(HEALTHY);
    expect(await world.running()).toEqual([1, 1, 1, 2, 2, 2]);
    await scale(1);
    await world.pass(HEALTHY);
    expect(await world.running()).toEqual([1, 2]);
  });

  test('deleted service, in the middle, stops everything', async () => {
    const world = await shiftWorld({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 60 });
    await world.rollTo(2);
    await world.pass(2 * HEALTHY);
    await deleteService(world.deps, 'default', SHIFTED, true);
    await world.pass(MINUTE);
    expect(await world.running()).toEqual([]);
  });
});

/** Production shares of the new revision, one for each change. */
const steps = (asked: readonly { readonly shares: readonly { readonly production: number }[] }[]) =>
  asked.slice(1).map(({ shares }) => shares[0]?.production);

describe('canary deployment', () => {
  test('in two steps, waits with the canary and then shifts the rest', async () => {
    const canaryConfiguration = { canaryPercent: 7.5, canaryBakeTimeInMinutes: 3 };
    const world = await shiftWorld({ strategy: 'CANARY', bakeTimeInMinutes: 1, canaryConfiguration });
    await world.rollTo(2);
    await world.pass(HEALTHY);
    expect(await world.newest()).toMatchObject({ stage: 'PRODUCTION_TRAFFIC_SHIFT' });
    expect(world.router.production(await world.deployment())).toBe(7.5);
    await world.pass(2 * MINUTE);
    expect(world.router.production(await world.deployment())).toBe(7.5);
    await world.pass(MINUTE);
    expect(world.router.production(await world.deployment())).toBe(100);
    await world.pass(2 * MINUTE);
    expect(await world.newest()).toMatchObject({ status: 'SUCCESSFUL' });
    expect(await world.running()).toEqual([2, 2]);
    expect(steps(world.router.asked)).toEqual([0, 0, 7.5, 100]);
  });
});

describe('linear deployment', () => {
  test('in uneven steps, shifts each after its bake time and ends with the rest', async () => {
    const linearConfiguration = { stepPercent: 30, stepBakeTimeInMinutes: 2 };
    const world = await shiftWorld({ strategy: 'LINEAR', bakeTimeInMinutes: 1, linearConfiguration });
    await world.rollTo(2);
    await world.pass(HEALTHY);
    const shares: number[] = [];
    for (let minute = 0; minute < 8; minute += 1) {
      shares.push(world.router.production(await world.deployment()));
      await world.pass(MINUTE);
    }
    expect(shares).toEqual([30, 30, 60, 60, 90, 90, 100, 100]);
    expect(await world.newest()).toMatchObject({ status: 'SUCCESSFUL' });
    expect(steps(world.router.asked)).toEqual([0, 0, 30, 60, 90, 100]);
  });

  test('new revision, loses its tasks between two steps, gets no more traffic until it is whole again', async () => {
    const linearConfiguration = { stepPercent: 50, stepBakeTimeInMinutes: 1 };
    const world = await shiftWorld({ strategy: 'LINEAR', bakeTimeInMinutes: 1, linearConfiguration });
    await world.rollTo(2);
    await world.pass(HEALTHY);
    await world.pass(20_000);
    await world.crash(2);
    await world.pass(40_000);
    expect(await world.newest()).toMatchObject({ stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT' });
    expect(world.router.production(await world.deployment())).toBe(50);
    await world.pass(HEALTHY);
    expect(world.router.production(await world.deployment())).toBe(100);
  });
});
