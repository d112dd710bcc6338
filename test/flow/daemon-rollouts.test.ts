import { beforeEach, describe, expect, test } from 'vitest';
import { listDeploymentRecords } from '#control/services/deployment-records.ts';
import { protectTasks } from '#control/services/protect-tasks.ts';
import { reconcileService } from '#control/services/reconcile-service.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import { stopTask } from '#control/tasks/stop-task.ts';
import { type DaemonWorld, daemonWorld } from '#test/support/daemon-world.ts';
import type { FlowAgent } from '#test/support/flow-agent.ts';
import type { FlowWorld } from '#test/support/flow-world.ts';

let world: FlowWorld;
let one: FlowAgent;
let two: FlowAgent;
let createDaemon: DaemonWorld['createDaemon'];
let createReplicas: DaemonWorld['createReplicas'];
let update: DaemonWorld['update'];
let view: DaemonWorld['view'];
let tasksOn: DaemonWorld['tasksOn'];
let countsOn: DaemonWorld['countsOn'];

beforeEach(async () => {
  ({ world, one, two, createDaemon, createReplicas, update, view, tasksOn, countsOn } = await daemonWorld());
});

describe('tasks and revisions of a daemon service', () => {
  test('revision, rolled out while replicas wait for room, finds the room its old tasks left', async () => {
    await createDaemon();
    await createReplicas(40);
    await world.converge();
    await update({ taskDefinition: 'web:2' });
    await world.converge();
    expect(await countsOn(one, two)).toEqual([1, 1]);
    expect((await view()).state?.deployments).toMatchObject([
      { definition: { revision: 2 }, rolloutState: 'COMPLETED' },
    ]);
  });

  test('revision, rolled out by default, stops each old task before its machine starts the new one', async () => {
    await createDaemon();
    await world.converge();
    const [old = ''] = await tasksOn(one);
    await update({ taskDefinition: 'web:2' });
    await world.settle();
    // Its agent has not stopped anything yet, so nothing new may have been made for it.
    expect((await view()).counts.reduce((sum, { pending }) => sum + pending, 0)).toBe(0);
    await world.converge();
    expect(await countsOn(one, two)).toEqual([1, 1]);
    expect(await tasksOn(one)).not.toContain(old);
    expect((await view()).state).toMatchObject({
      steady: true,
      deployments: [{ definition: { revision: 2 }, rolloutState: 'COMPLETED' }],
    });
  });

  test('revision, rolled out under a minimum, never leaves fewer healthy tasks than that', async () => {
    const three = await world.agent('three');
    const four = await world.agent('four');
    const all = [one, two, three, four];
    await createDaemon({ minimumHealthyPercent: 75 });
    await world.converge();
    await update({ taskDefinition: 'web:2' });
    let fewest = 4;
    for (let round = 0; round < 40; round += 1) {
      await world.settle();
      for (const agent of all) {
        await agent.beat();
        fewest = Math.min(fewest, (await countsOn(...all)).filter(Boolean).length);
      }
    }
    expect(fewest).toBe(3);
    expect((await view()).state?.deployments).toMatchObject([
      { definition: { revision: 2 }, rolloutState: 'COMPLETED' },
    ]);
  });

  test('revision, that crashes, trips the circuit breaker and is taken back on every machine', async () => {
    const { world, one, two, createDaemon, update, view, countsOn } = await daemonWorld({ healthyAfter: 40_000 });
    await createDaemon({ circuitBreaker: { enable: true, rollback: true } });
    await world.pass(45_000);
    await update({ taskDefinition: 'web:2' });
    for (let round = 0; round < 60; round += 1) {
      await world.settle();
      for (const agent of [one, two]) {
        await agent.beat();
        const found = await describeTasks(world.deps, 'default', [...agent.running.keys()]);
        for (const bad of found) if (bad?.task.definition.revision === 2) agent.crash(bad.task.taskId);
      }
      world.advance(1_000);
    }
    await world.pass(60_000);
    expect(await countsOn(one, two)).toEqual([1, 1]);
    expect((await view()).state?.deployments).toMatchObject([
      { definition: { revision: 1 }, rolloutState: 'COMPLETED' },
    ]);
    const records = await listDeploymentRecords(world.deps, 'default', 'log');
    expect(records.map(({ status }) => status)).toContain('ROLLBACK_SUCCESSFUL');
  });

  test('task, crashes, is replaced on its own machine after a back-off', async () => {
    await createDaemon();
    await world.converge();
    const [victim = ''] = await tasksOn(one);
    one.crash(victim);
    await world.converge();
    expect(await countsOn(one, two)).toEqual([0, 1]);
    world.advance(1_001);
    await world.converge();
    expect(await countsOn(one, two)).toEqual([1, 1]);
  });

  test('task, stopped by a user, is replaced on its own machine', async () => {
    await createDaemon();
    await world.converge();
    const [victim = ''] = await tasksOn(two);
    await stopTask(world.deps, 'default', victim);
    await world.converge();
    expect(await countsOn(one, two)).toEqual([1, 1]);
    expect(await tasksOn(two)).not.toContain(victim);
  });

  test('wake, lost, is made up for by the sweep', async () => {
    await createDaemon();
    await world.converge();
    const send = world.deps.queue.send;
    (world.deps.queue as { send: typeof send }).send = async () => {};
    const three = await world.agent('three');
    await world.converge();
    expect(await countsOn(three)).toEqual([0]);
    (world.deps.queue as { send: typeof send }).send = send;
    await world.sweep();
    await world.converge();
    expect(await countsOn(three)).toEqual([1]);
  });

  test('workers, that plan at once from one fleet, start one task on each machine', async () => {
    await createDaemon();
    const others = ['a', 'b', 'c'].map((name) => world.anotherWorker(name));
    await Promise.all([world.deps, ...others].map((deps) => reconcileService(deps, 'default', 'log')));
    await world.converge();
    expect(await countsOn(one, two)).toEqual([1, 1]);
    expect(one.started.length + two.started.length).toBe(2);
  });

  test('protected task, of a daemon, is known to its service and stays', async () => {
    await createDaemon();
    await world.converge();
    const [kept = ''] = await tasksOn(one);
    const answer = await protectTasks(world.deps, 'default', [kept], world.clock.now() + 3_600_000);
    expect(answer).toMatchObject({ tasks: [{ taskId: kept }], failures: [] });
    await update({ taskDefinition: 'web:2' });
    await world.converge();
    expect(await tasksOn(one)).toEqual([kept]);
    expect(await countsOn(one, two)).toEqual([1, 1]);
  });
});
