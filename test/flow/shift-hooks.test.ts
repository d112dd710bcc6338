import { expect, test } from 'vitest';
import { continueDeployment } from '#control/services/continue-deployment.ts';
import type { HookAction } from '#core/model/rollout.ts';
import { pauseAt, SHIFTED, type ShiftWorld, shiftWorld } from '#test/support/shift-world.ts';

const MINUTE = 60_000;
const HEALTHY = 60_000;
const BAKED = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 2 } as const;

const answer = (world: ShiftWorld, deployment: string, hookId: string, action: HookAction) =>
  continueDeployment(world.deps, { cluster: 'default', service: SHIFTED, deployment, hookId, action });

const answerNewest = async (world: ShiftWorld, action: HookAction): Promise<string> => {
  const { digits, hookId } = await world.newest();
  if (hookId === undefined) throw new Error('the deployment waits at no hook');
  await answer(world, digits, hookId, action);
  await world.converge();
  return hookId;
};

test('PAUSE hook, answered with CONTINUE, waits until then and goes on', async () => {
  const world = await shiftWorld({ ...BAKED, lifecycleHooks: [pauseAt('POST_TEST_TRAFFIC_SHIFT')] });
  const blue = await world.deployment();
  await world.rollTo(2);
  await world.pass(30 * MINUTE);
  expect(await world.newest()).toMatchObject({ status: 'IN_PROGRESS', stage: 'POST_TEST_TRAFFIC_SHIFT' });
  expect(world.router.held()?.shares.map(({ production, test }) => [production, test])).toEqual([
    [0, 100],
    [100, 0],
  ]);
  expect(world.router.production(blue)).toBe(100);
  await answerNewest(world, 'CONTINUE');
  await world.pass(3 * MINUTE);
  expect(await world.newest()).toMatchObject({ status: 'SUCCESSFUL' });
  expect(await world.running()).toEqual([2, 2]);
});

test('PAUSE hook, at a stage before the first task, keeps the new revision from starting', async () => {
  const world = await shiftWorld({ ...BAKED, lifecycleHooks: [pauseAt('PRE_SCALE_UP')] });
  await world.rollTo(2);
  await world.pass(10 * MINUTE);
  expect(await world.running()).toEqual([1, 1]);
  await answerNewest(world, 'CONTINUE');
  await world.pass(MINUTE);
  expect(await world.running()).toEqual([1, 1, 2, 2]);
});

test('PAUSE hook, before each step of a linear deployment, is another stop each time', async () => {
  const linearConfiguration = { stepPercent: 50, stepBakeTimeInMinutes: 1 };
  const lifecycleHooks = [pauseAt('PRE_PRODUCTION_TRAFFIC_SHIFT')];
  const world = await shiftWorld({ strategy: 'LINEAR', linearConfiguration, lifecycleHooks });
  await world.rollTo(2);
  await world.pass(HEALTHY);
  const green = await world.deployment();
  const first = await answerNewest(world, 'CONTINUE');
  await world.pass(10 * MINUTE);
  expect(world.router.production(green)).toBe(50);
  const second = await answerNewest(world, 'CONTINUE');
  expect(second).not.toBe(first);
  await world.pass(MINUTE);
  expect(world.router.production(green)).toBe(100);
});

test('two PAUSE hooks, at one stage, must both be answered', async () => {
  const hooks = [pauseAt('POST_SCALE_UP'), pauseAt('POST_SCALE_UP')];
  const world = await shiftWorld({ ...BAKED, lifecycleHooks: hooks });
  await world.rollTo(2);
  await world.pass(HEALTHY);
  await answerNewest(world, 'CONTINUE');
  await world.pass(MINUTE);
  expect(await world.newest()).toMatchObject({ stage: 'POST_SCALE_UP' });
  await answerNewest(world, 'CONTINUE');
  await world.pass(30_000);
  expect(await world.newest()).toMatchObject({ stage: 'BAKE_TIME' });
});

test('PAUSE hook, answered with ROLLBACK after the shift, gives all traffic back before the new tasks stop', async () => {
  const world = await shiftWorld({ ...BAKED, lifecycleHooks: [pauseAt('POST_PRODUCTION_TRAFFIC_SHIFT')] });
  const blue = await world.deployment();
  await world.rollTo(2);
  await world.pass(HEALTHY);
  expect(world.router.production(blue)).toBe(0);
  await answerNewest(world, 'ROLLBACK');
  expect(world.router.production(blue)).toBe(100);
  await world.pass(MINUTE);
  expect(await world.newest()).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', rolledBackTo: blue });
  expect(await world.deployment()).toBe(blue);
  expect(await world.running()).toEqual([1, 1]);
});

test('PAUSE hook, not answered in time, rolls back', async () => {
  const hook = pauseAt('POST_SCALE_UP', { timeoutInMinutes: 10 });
  const world = await shiftWorld({ ...BAKED, lifecycleHooks: [hook] });
  const blue = await world.deployment();
  await world.rollTo(2);
  await world.pass(9 * MINUTE);
  expect(await world.newest()).toMatchObject({ status: 'IN_PROGRESS' });
  await world.pass(3 * MINUTE);
  const found = await world.newest();
  expect(found).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', rolledBackTo: blue });
  expect(found.reason).toMatch(/^Lifecycle hook ecs-pause-\d+-1 of stage POST_SCALE_UP timed out\.$/);
  expect(await world.running()).toEqual([1, 1]);
});

test('PAUSE hook, not answered in time, goes on when it says so', async () => {
  const hook = pauseAt('POST_SCALE_UP', { timeoutInMinutes: 10, action: 'CONTINUE' });
  const world = await shiftWorld({ ...BAKED, lifecycleHooks: [hook] });
  await world.rollTo(2);
  await world.pass(15 * MINUTE);
  expect(await world.newest()).toMatchObject({ status: 'SUCCESSFUL' });
});

test('answer, to a hook nobody waits at, or given again otherwise, is refused', async () => {
  const world = await shiftWorld({ ...BAKED, lifecycleHooks: [pauseAt('POST_SCALE_UP')] });
  await world.rollTo(2);
  await world.pass(HEALTHY);
  const { digits, hookId = '' } = await world.newest();
  await expect(answer(world, '1', hookId, 'CONTINUE')).rejects.toMatchObject({ code: 'ServiceDeploymentNotFound' });
  await expect(answer(world, digits, 'ecs-pause-0-1', 'CONTINUE')).rejects.toMatchObject({ code: 'InvalidParameter' });
  await answer(world, digits, hookId, 'CONTINUE');
  await answer(world, digits, hookId, 'CONTINUE');
  await expect(answer(world, digits, hookId, 'ROLLBACK')).rejects.toThrow(/answered with CONTINUE already/);
  await world.pass(MINUTE);
  await expect(answer(world, digits, hookId, 'CONTINUE')).rejects.toMatchObject({ code: 'InvalidParameter' });
});
