import {
  CreateServiceCommand,
  CreateTaskSetCommand,
  DeleteServiceCommand,
  DeleteTaskSetCommand,
  DescribeServicesCommand,
  DescribeTaskSetsCommand,
  type ECSClient,
  ExecuteCommandCommand,
  ListServicesByNamespaceCommand,
  ListTasksCommand,
  type Service,
  UpdateServicePrimaryTaskSetCommand,
  UpdateTaskSetCommand,
  waitUntilServicesInactive,
} from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { given, instancesThere, registerMain, runningTasks, waiting } from '#test/support/e2e-ecs.ts';
import { startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const WITHIN_MS = 30_000;
const web = { cluster: 'default', service: 'web' };

async function untilService(ecs: ECSClient, what: string, isThere: (service: Service) => boolean): Promise<Service> {
  const { value } = await waitUntil(
    what,
    async () => (await ecs.send(new DescribeServicesCommand({ services: ['web'] }))).services?.[0],
    (service) => service !== undefined && isThere(service),
    { withinMs: WITHIN_MS },
  );
  return given(value);
}

const untilSteady = (ecs: ECSClient) =>
  untilService(ecs, 'every task set steady', ({ taskSets = [] }) =>
    taskSets.every(({ stabilityStatus }) => stabilityStatus === 'STEADY_STATE'),
  );

const percent = (value: number) => ({ value, unit: 'PERCENT' }) as const;

it('a deployer of its own, shifts a service from one task set to another, makes that primary and deletes the old one', async () => {
  const { ecs } = await startStack();
  await instancesThere(ecs, 1);
  await registerMain(ecs, 'web');
  await registerMain(ecs, 'web');
  await ecs.send(
    new CreateServiceCommand({
      serviceName: 'web',
      desiredCount: 4,
      deploymentController: { type: 'EXTERNAL' },
      enableExecuteCommand: true,
    }),
  );
  const create = async (taskDefinition: string, scale: number) => {
    const { taskSet } = await ecs.send(new CreateTaskSetCommand({ ...web, taskDefinition, scale: percent(scale) }));
    return given(taskSet?.id);
  };
  const blue = await create('web:1', 100);
  await ecs.send(new UpdateServicePrimaryTaskSetCommand({ ...web, primaryTaskSet: blue }));
  expect(await untilSteady(ecs)).toMatchObject({
    runningCount: 4,
    deployments: [],
    taskDefinition: expect.stringMatching(/web:1$/),
    taskSets: [{ id: blue, status: 'PRIMARY', computedDesiredCount: 4, runningCount: 4, pendingCount: 0 }],
  });

  const green = await create('web:2', 30);
  expect(await untilSteady(ecs)).toMatchObject({ runningCount: 6, taskSets: [{ id: blue }, { runningCount: 2 }] });
  await ecs.send(new UpdateTaskSetCommand({ ...web, taskSet: green, scale: percent(100) }));
  await ecs.send(new UpdateServicePrimaryTaskSetCommand({ ...web, primaryTaskSet: green }));
  await ecs.send(new UpdateTaskSetCommand({ ...web, taskSet: blue, scale: percent(0) }));
  await untilSteady(ecs);
  const { taskSets } = await ecs.send(new DescribeTaskSetsCommand({ ...web, taskSets: [blue, green] }));
  expect(taskSets).toMatchObject([
    { status: 'ACTIVE', runningCount: 0, computedDesiredCount: 0 },
    { status: 'PRIMARY', runningCount: 4, computedDesiredCount: 4 },
  ]);
  await ecs.send(new DeleteTaskSetCommand({ ...web, taskSet: blue }));
  const after = await untilService(ecs, 'one task set left', (service) => service.taskSets?.length === 1);
  expect(after).toMatchObject({ taskDefinition: expect.stringMatching(/web:2$/), taskSets: [{ id: green }] });

  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ serviceName: 'web', startedBy: undefined }));
  expect(taskArns).toHaveLength(4);
  const command = { task: given(taskArns[0]), command: '/bin/sh', interactive: true };
  const { session } = await ecs.send(new ExecuteCommandCommand(command));
  expect(session).toMatchObject({
    sessionId: expect.stringMatching(/^ecs-execute-command-/),
    tokenValue: expect.any(String),
  });
  expect((await ecs.send(new ListServicesByNamespaceCommand({ namespace: 'internal' }))).serviceArns).toEqual([]);

  await ecs.send(new DeleteServiceCommand({ service: 'web', force: true }));
  await waitUntilServicesInactive(waiting(ecs), { services: ['web'] });
  await waitUntil(
    'no task runs',
    () => runningTasks(ecs),
    (tasks) => tasks.length === 0,
    { withinMs: WITHIN_MS },
  );
});
