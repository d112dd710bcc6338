import { beforeEach, describe, expect, test } from 'vitest';
import { deleteAttributes, putAttributes } from '#control/attributes/change-attributes.ts';
import { deregisterInstance } from '#control/instances/deregister-instance.ts';
import { setInstanceState } from '#control/instances/set-instance-state.ts';
import { placeTasks } from '#control/placement/place-tasks.ts';
import { read, reservations } from '#control/records.ts';
import { deleteService } from '#control/services/delete-service.ts';
import { listDeploymentRecords } from '#control/services/deployment-records.ts';
import { explainService } from '#control/services/explain-service.ts';
import { protectTasks } from '#control/services/protect-tasks.ts';
import { reconcileService } from '#control/services/reconcile-service.ts';
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
let messages: DaemonWorld['messages'];
let desired: DaemonWorld['desired'];
let tasksOn: DaemonWorld['tasksOn'];
let countsOn: DaemonWorld['countsOn'];

beforeEach(async () => {
  ({ world, one, two, createDaemon, createReplicas, update, view, messages, desired, tasksOn, countsOn } =
    await daemonWorld());
});

const setState = (agent: FlowAgent, state: 'ACTIVE' | 'DRAINING') =>
  setInstanceState(world.deps, 'default', agent.instanceId, state);

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
    await world.pass(65_000);
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
    await world.pass(30_000);
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

  test('instance, drains while its task waits for a place, has the task withdrawn', async () => {
    await createDaemon();
    await reconcileService(world.deps, 'default', 'log');
    await setState(one, 'DRAINING');
    await world.converge();
    expect(await countsOn(one, two)).toEqual([0, 1]);
    expect((await view()).state).toMatchObject({ desiredCount: 1, steady: true });
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
