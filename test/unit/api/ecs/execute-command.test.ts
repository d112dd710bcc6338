import {
  CreateClusterCommand,
  ExecuteCommandCommand,
  type ExecuteCommandCommandInput,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { beforeEach, expect, test } from 'vitest';
import { observations, put } from '#control/records.ts';
import { type EcsHarness, openEcs } from '#test/support/ecs-request.ts';

let ecs: EcsHarness;

beforeEach(async () => {
  ecs = openEcs();
  await ecs.client.send(new CreateClusterCommand({}));
  const container = (name: string) => ({ name, image: 'nginx', memory: 64 });
  for (const [family, names] of [
    ['web', ['app']],
    ['pair', ['app', 'side']],
  ] as const) {
    const containerDefinitions = names.map(container);
    await ecs.client.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions }));
  }
});

/** A task, and whether a machine has reported it RUNNING. */
async function run(taskDefinition: string, isRunning = true, enableExecuteCommand = true): Promise<string> {
  const { tasks } = await ecs.client.send(new RunTaskCommand({ taskDefinition, enableExecuteCommand }));
  const arn = tasks?.[0]?.taskArn ?? '';
  const taskId = arn.split('/').at(-1) ?? '';
  const seen = { taskId, epoch: 1, status: 'RUNNING', containers: [], startedAt: 1, updates: 1 } as const;
  if (isRunning) await ecs.deps.store.transact([put(observations, { cluster: 'default', taskId }, seen, 'absent')]);
  return arn;
}

const execute = (input: Partial<ExecuteCommandCommandInput>) =>
  ecs.client.send(new ExecuteCommandCommand({ task: undefined, command: '/bin/sh', interactive: true, ...input })).then(
    () => undefined,
    (error: Error) => `${error.name}: ${error.message}`,
  );

test('ExecuteCommand, that nothing is wrong with, says that no agent is connected and why', async () => {
  const said =
    'TargetNotConnectedException: The execute command failed: no execute command agent is connected, because agents of Berth can not run commands in tasks yet.';
  expect(await execute({ task: await run('web') })).toBe(said);
  expect(await execute({ task: await run('web'), container: 'app' })).toBe(said);
  expect(await execute({ task: await run('pair'), container: 'side' })).toBe(said);
});

test('ExecuteCommand, not interactive or without a command, is refused before anything is read', async () => {
  const calls = ecs.storeCalls();
  expect(await execute({ task: 'a'.repeat(32), interactive: false })).toBe(
    'InvalidParameterException: Interactive is the only mode supported currently.',
  );
  expect(await execute({ task: 'a'.repeat(32), command: '' })).toBe(
    'InvalidParameterException: Command can not be blank.',
  );
  expect(ecs.storeCalls()).toBe(calls);
});

test('ExecuteCommand, of a cluster or task there is not, names what is missing', async () => {
  expect(await execute({ task: 'a'.repeat(32), cluster: 'gone' })).toMatch(/^ClusterNotFoundException: /);
  expect(await execute({ task: 'a'.repeat(32) })).toBe('InvalidParameterException: The referenced task was not found.');
  expect(await execute({ task: 'no task' })).toMatch(/^InvalidParameterException: /);
});

test('ExecuteCommand, of a task with several containers, needs the name of one it has', async () => {
  const task = await run('pair');
  expect(await execute({ task })).toBe(
    "InvalidParameterException: The task has several containers (app, side): specify the container's name.",
  );
  expect(await execute({ task, container: 'other' })).toBe(
    "InvalidParameterException: The task has no container 'other'; it has: app, side.",
  );
});

test('ExecuteCommand, of a task that does not run, says what it does', async () => {
  const refused = (status: string) =>
    `InvalidParameterException: The execute command failed because the task is ${status} and not RUNNING.`;
  const task = await run('web', false);
  expect(await execute({ task })).toBe(refused('PROVISIONING'));
  await ecs.client.send(new StopTaskCommand({ task }));
  expect(await execute({ task })).toBe(refused('STOPPED'));
});

test('ExecuteCommand, of a task that was run without it, is refused in the words of ECS', async () => {
  expect(await execute({ task: await run('web', true, false) })).toMatch(
    /^InvalidParameterException: The execute command failed because execute command was not enabled when the task was run/,
  );
});
