import { beforeEach, describe, expect, test } from 'vitest';
import { taskViews } from '#api/ecs/views/task.ts';
import { forceDeregister } from '#control/instances/force-deregister.ts';
import { setInstanceState } from '#control/instances/set-instance-state.ts';
import { createService } from '#control/services/create-service.ts';
import { deleteService } from '#control/services/delete-service.ts';
import { updateService } from '#control/services/update-service.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import { stopTask } from '#control/tasks/stop-task.ts';
import { deployed } from '#test/support/deployed.ts';
import type { FlowAgent } from '#test/support/flow-agent.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

let world: FlowWorld;
let one: FlowAgent;
let taskId: string;
let deployment: string;

beforeEach(async () => {
  world = await flowWorld();
  one = await world.agent('one');
  const { service } = await createService(world.deps, {
    cluster: 'default',
    name: 'web',
    taskDefinition: 'web:1',
    desiredCount: 1,
    tags: [],
    createdBy: 'test',
  });
  deployment = deployed(service).deployment.id;
  await world.converge();
  taskId = [...one.running.keys()][0] ?? '';
});

const update = (change: { readonly desiredCount?: number; readonly taskDefinition?: string }) =>
  updateService(world.deps, { cluster: 'default', name: 'web', forceNewDeployment: false, ...change });

const shown = async () => {
  const found = await describeTasks(world.deps, 'default', [taskId]);
  const [task] = await taskViews(
    world.deps,
    found.flatMap((view) => view ?? []),
  );
  return { lastStatus: task?.lastStatus, stopCode: task?.stopCode, stoppedReason: task?.stoppedReason };
};

/** What ends the task, and what DescribeTasks says of it then. */
const PATHS: readonly (readonly [string, () => Promise<unknown>, string, string | (() => string)])[] = [
  ['StopTask without a reason', () => stopTask(world.deps, 'default', taskId), 'UserInitiated', 'Task stopped by user'],
  [
    'StopTask with a reason',
    () => stopTask(world.deps, 'default', taskId, 'makes room'),
    'UserInitiated',
    'makes room',
  ],
  [
    'a smaller desired count',
    () => update({ desiredCount: 0 }),
    'ServiceSchedulerInitiated',
    () => scaling(deployment),
  ],
  [
    'a newer deployment, which is the one named',
    async () => {
      const { service } = await update({ taskDefinition: 'web:2' });
      deployment = deployed(service).deployment.id;
    },
    'ServiceSchedulerInitiated',
    () => scaling(deployment),
  ],
  [
    'DeleteService with force',
    () => deleteService(world.deps, 'default', 'web', true),
    'ServiceSchedulerInitiated',
    () => scaling(deployment),
  ],
  [
    'a draining machine',
    async () => {
      await world.agent('two');
      await setInstanceState(world.deps, 'default', one.instanceId, 'DRAINING');
    },
    'ServiceSchedulerInitiated',
    () => scaling(deployment),
  ],
  [
    'DeregisterContainerInstance with force',
    async () => {
      await forceDeregister(world.deps, 'default', one.instanceId);
      // It hears of it, says that it has stopped everything, and is not known any more.
      await one.beat();
      await one.beat();
      one.isUp = false;
    },
    'UserInitiated',
    'Container instance deregistration forced by user',
  ],
  [
    'its essential container',
    async () => one.crash(taskId),
    'EssentialContainerExited',
    'Essential container in task exited',
  ],
];

const scaling = (id: string): string => `Scaling activity initiated by (deployment ${id})`;

describe('why a task stopped, as DescribeTasks says', () => {
  test.each(PATHS)('task ended by %s', async (_what, end, stopCode, reason) => {
    await end();
    await world.converge();
    const stoppedReason = typeof reason === 'string' ? reason : reason();
    expect(await shown()).toEqual({ lastStatus: 'STOPPED', stopCode, stoppedReason });
  });

  test('task of a machine that is heard from no more, says that the machine was lost', async () => {
    one.isUp = false;
    await world.agent('two');
    for (let passed = 0; passed < 240_000; passed += 5_000) {
      world.advance(5_000);
      await world.converge();
      if (passed % 30_000 === 0) await world.sweep();
    }
    expect(await shown()).toEqual({
      lastStatus: 'STOPPED',
      stopCode: 'InfrastructureHealth',
      stoppedReason: `Container instance ${one.instanceId} was lost: its agent stopped reporting.`,
    });
  });
});
