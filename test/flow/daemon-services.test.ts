import { beforeEach, describe, expect, test } from 'vitest';
import { deleteAttributes, putAttributes } from '#control/attributes/change-attributes.ts';
import { deregisterInstance } from '#control/instances/deregister-instance.ts';
import { setInstanceState } from '#control/instances/set-instance-state.ts';
import type { CreateServiceIntent, UpdateServiceIntent } from '#control/intents.ts';
import { placeTasks } from '#control/placement/place-tasks.ts';
import { read, reservations } from '#control/records.ts';
import { createService } from '#control/services/create-service.ts';
import { deleteService } from '#control/services/delete-service.ts';
import { listDeploymentRecords } from '#control/services/deployment-records.ts';
import { explainService } from '#control/services/explain-service.ts';
import { protectTasks } from '#control/services/protect-tasks.ts';
import { describeServices } from '#control/services/read-services.ts';
import { reconcileService } from '#control/services/reconcile-service.ts';
import { updateService } from '#control/services/update-service.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import { stopTask } from '#control/tasks/stop-task.ts';
import type { FlowAgent } from '#test/support/flow-agent.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

let world: FlowWorld;
let one: FlowAgent;
let two: FlowAgent;

beforeEach(async () => {
  world = await flowWorld();
  one = await world.agent('one');
  two = await world.agent('two');
});

const createDaemon = (changes: Partial<CreateServiceIntent> = {}) =>
  createService(world.deps, {
    cluster: 'default',
    name: 'log',
    taskDefinition: 'web:1',
    scheduler: 'daemons',
    tags: [],
    createdBy: 'test',
    ...changes,
  });

const createReplicas = (desiredCount: number, changes: Partial<CreateServiceIntent> = {}) =>
  createDaemon({ name: 'web', scheduler: 'replicas', desiredCount, ...changes });

const update = (changes: Partial<UpdateServiceIntent>, name = 'log') =>
  updateService(world.deps, { cluster: 'default', name, forceNewDeployment: false, ...changes });

const view = async () => {
  const [found] = await describeServices(world.deps, 'default', ['log']);
  if (!found) throw new Error('service log is gone');
  return found;
};
const messages = async () => (await view()).events.map(({ message }) => message);
const desired = async () => (await view()).state?.desiredCount;

/** Ids of the tasks of a service that run on a machine. */
const tasksOn = async (agent: FlowAgent, service = 'log') => {
  const found = await describeTasks(world.deps, 'default', [...agent.running.keys()]);
  return found.flatMap((one) => (one?.task.group === `service:${service}` ? [one.task.taskId] : []));
};
const countsOn = (...agents: readonly FlowAgent[]) =>
  Promise.all(agents.map(async (agent) => (await tasksOn(agent)).length));
const setState = (agent: FlowAgent, state: 'ACTIVE' | 'DRAINING') =>
  setInstanceState(world.deps, 'default', agent.instanceId, state);

/** Time passes; agents that are up keep reporting. */
const pass = async (ms: number) => {
  for (let passed = 0; passed < ms; passed += 5_000) {
    world.advance(5_000);
    await world.converge();
  }
};

describe('daemon service', () => {
  test('daemon, created, runs one task on each instance and is steady', async () => {
    await createDaemon();
    await world.converge();
    expect(await countsOn(one, two)).toEqual([1, 1]);
    expect((await view()).state).toMatchObject({
      steady: true,
      desiredCount: 2,
      deployments: [{ rolloutState: 'COMPLETED' }],
    });
    expect((await messages())[0]).toBe('(service log) has reached a steady state.');
    expect((await listDeploymentRecords(world.deps, 'default', 'log'))[0]).toMatchObject({
      status: 'SUCCESSFUL',
      desiredCount: 2,
    });
  });

  test('daemon, just created, already says how many tasks it wants', async () => {
    expect((await createDaemon()).desiredCount).toBe(2);
    await setState(one, 'DRAINING');
    expect((await view()).desiredCount).toBe(1);
  });

  test('daemon, converged, costs no write when it is reconciled and swept again', async () => {
    await createDaemon();
    await world.converge();
    const before = world.store.feed.latest();
    await world.sweep();
    await world.settle();
    await reconcileService(world.deps, 'default', 'log');
    await one.beat();
    expect(world.store.feed.latest()).toBe(before);
  });

  test('instance, registers later, gets its task without any sweep', async () => {
    await createDaemon();
    await world.converge();
    const three = await world.agent('three');
    await world.converge();
    expect(await countsOn(one, two, three)).toEqual([1, 1, 1]);
    expect(await desired()).toBe(3);
  });

  test('instance, drains and comes back, loses its task and gets a new one', async () => {
    await createDaemon();
    await world.converge();
    const [first] = await tasksOn(one);
    await setState(one, 'DRAINING');
    await world.converge();
    expect(await countsOn(one, two)).toEqual([0, 1]);
    expect((await view()).state).toMatchObject({ desiredCount: 1, steady: true });
    await setState(one, 'ACTIVE');
    await world.converge();
    expect(await countsOn(one, two)).toEqual([1, 1]);
    expect(await tasksOn(one)).not.toContain(first);
    expect(await desired()).toBe(2);
  });

  test('instance, drains with replicas on it, keeps the daemon until the last of them has left', async () => {
    await createDaemon();
    await createReplicas(4);
    await world.converge();
    const [protectedTask = ''] = await tasksOn(one, 'web');
    await protectTasks(world.deps, 'default', [protectedTask], world.clock.now() + 60_000);
    await setState(one, 'DRAINING');
    await world.converge();
    expect(await tasksOn(one, 'web')).toEqual([protectedTask]);
    expect(await countsOn(one, two)).toEqual([1, 1]);
    await protectTasks(world.deps, 'default', [protectedTask], undefined);
    await pass(65_000);
    await world.sweep();
    await world.converge();
    expect(await tasksOn(one, 'web')).toEqual([]);
    expect(await countsOn(one, two)).toEqual([0, 1]);
  });

  test('instance, drains with replicas that leave at once, is left by its daemon without any sweep', async () => {
    await createDaemon();
    await createReplicas(4);
    await world.converge();
    await setState(one, 'DRAINING');
    await world.converge();
    expect(one.running.size).toBe(0);
    expect(await countsOn(two)).toEqual([1]);
  });

  test('instance, lost and back again, has exactly one task in the end', async () => {
    const three = await world.agent('three');
    await createDaemon();
    await world.converge();
    one.isUp = false;
    await pass(30_000);
    await world.sweep();
    await world.converge();
    expect(await countsOn(two, three)).toEqual([1, 1]);
    expect(await desired()).toBe(2);
    one.isUp = true;
    await world.converge();
    expect(await countsOn(one, two, three)).toEqual([1, 1, 1]);
    expect(one.running.size).toBe(1);
    expect(await desired()).toBe(3);
  });

  test('agent, restarts with its container, keeps it', async () => {
    await createDaemon();
    await world.converge();
    const before = await tasksOn(one);
    await one.register();
    await world.settle();
    await reconcileService(world.deps, 'default', 'log');
    await world.converge();
    expect(await tasksOn(one)).toEqual(before);
    expect(await desired()).toBe(2);
  });

  test('instance, deregistered, is forgotten by its daemons', async () => {
    await createDaemon();
    await world.converge();
    await setState(one, 'DRAINING');
    await world.converge();
    await deregisterInstance(world.deps, 'default', one.instanceId);
    one.isUp = false;
    await world.converge();
    expect(await desired()).toBe(1);
    expect((await view()).state?.steady).toBe(true);
  });

  test('constraint, attributes come and go, the daemon follows them', async () => {
    await createDaemon({ placementConstraints: [{ type: 'memberOf', expression: 'attribute:gpu == yes' }] });
    await world.converge();
    expect(await countsOn(one, two)).toEqual([0, 0]);
    expect((await view()).state).toMatchObject({ desiredCount: 0, steady: true });
    const attribute = { instanceId: two.instanceId, name: 'gpu', value: 'yes' };
    await putAttributes(world.deps, 'default', [attribute]);
    await world.converge();
    expect(await countsOn(one, two)).toEqual([0, 1]);
    await deleteAttributes(world.deps, 'default', [attribute]);
    await world.converge();
    expect(await countsOn(one, two)).toEqual([0, 0]);
  });

  test('constraint, changed so that an instance no longer meets it, stops the task there', async () => {
    await createDaemon();
    await putAttributes(world.deps, 'default', [{ instanceId: two.instanceId, name: 'gpu', value: 'yes' }]);
    await world.converge();
    await update({ placementConstraints: [{ type: 'memberOf', expression: 'attribute:gpu == yes' }] });
    await world.converge();
    expect(await countsOn(one, two)).toEqual([0, 1]);
  });

  test('constraint, that the daemon itself breaks, does not make it come and go', async () => {
    await createDaemon({ placementConstraints: [{ type: 'memberOf', expression: 'not(task:group == service:log)' }] });
    await world.converge();
    const before = [await tasksOn(one), await tasksOn(two)];
    expect(before.map(({ length }) => length)).toEqual([1, 1]);
    await reconcileService(world.deps, 'default', 'log');
    await world.sweep();
    await world.converge();
    expect([await tasksOn(one), await tasksOn(two)]).toEqual(before);
  });

  test('instance, smaller than the task, is none of the daemon’s', async () => {
    await world.agent('tiny', { cpu: 64, memory: 1_024 });
    await createDaemon();
    await world.converge();
    expect((await view()).state).toMatchObject({ desiredCount: 2, steady: true });
  });

  test('instance, full when the daemon is created, is named in a service event and served once there is room', async () => {
    await createReplicas(16);
    await world.converge();
    await createDaemon();
    await world.converge();
    expect(await countsOn(one, two)).toEqual([0, 0]);
    expect((await messages()).some((text) => text.includes('was unable to place a task because'))).toBe(true);
    const explained = await explainService(world.deps, 'default', 'log');
    expect(explained).toMatchObject({ desired: 2, running: 0, tasks: [{ state: 'waiting' }, { state: 'waiting' }] });
    await update({ desiredCount: 8 }, 'web');
    await world.converge();
    expect(await countsOn(one, two)).toEqual([1, 1]);
  });

  test('instance, joins while replicas wait for room, has room for its daemon first', async () => {
    await createDaemon();
    await createReplicas(40);
    await world.converge();
    expect(await countsOn(one, two)).toEqual([1, 1]);
    const three = await world.agent('three');
    // The replicas that wait are placed at once, before the daemon's service has heard of the machine.
    await placeTasks(world.deps, 'default');
    expect(
      (await read(world.store, reservations, { cluster: 'default', instanceId: three.instanceId }))?.value.tasks,
    ).toHaveLength(7);
    await world.converge();
    expect(await countsOn(one, two, three)).toEqual([1, 1, 1]);
    expect(three.running.size).toBe(8);
  });

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
    world = await flowWorld({ healthyAfter: 40_000 });
    one = await world.agent('one');
    two = await world.agent('two');
    await createDaemon({ circuitBreaker: { enable: true, rollback: true } });
    await pass(45_000);
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
    await pass(60_000);
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

  test('instance, drains while its task waits for a place, has the task withdrawn', async () => {
    await createDaemon();
    await reconcileService(world.deps, 'default', 'log');
    await setState(one, 'DRAINING');
    await world.converge();
    expect(await countsOn(one, two)).toEqual([0, 1]);
    expect((await view()).state).toMatchObject({ desiredCount: 1, steady: true });
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

  test('daemon, deleted without force, stops everywhere, and its name may become a replica service', async () => {
    await createDaemon();
    await world.converge();
    await deleteService(world.deps, 'default', 'log', false);
    await world.converge();
    expect(one.running.size + two.running.size).toBe(0);
    expect((await view()).service.status).toBe('INACTIVE');
    await createDaemon({ scheduler: 'replicas', desiredCount: 1 });
    await world.converge();
    expect(one.running.size + two.running.size).toBe(1);
    await deleteService(world.deps, 'default', 'log', true);
    await world.converge();
    await createDaemon();
    await world.converge();
    expect(await countsOn(one, two)).toEqual([1, 1]);
  });
});
