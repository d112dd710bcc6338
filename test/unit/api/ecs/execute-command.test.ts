import {
  CreateClusterCommand,
  ExecuteCommandCommand,
  type ExecuteCommandCommandInput,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { beforeEach, expect, test } from 'vitest';
import { serveEcs } from '#api/ecs/serve.ts';
import { ticketReader } from '#api/session/tickets.ts';
import { read, sessionGrants } from '#control/records.ts';
import { addInstance, reportRunning } from '#test/support/ecs-instance.ts';
import { type EcsHarness, KEYS, openEcs, PRINCIPAL } from '#test/support/ecs-request.ts';
import { recordingSockets } from '#test/support/recording-sockets.ts';

const INSTANCE = '1'.repeat(32);
let ecs: EcsHarness;

beforeEach(async () => {
  ecs = openEcs({ sockets: recordingSockets() });
  await ecs.client.send(new CreateClusterCommand({}));
  await addInstance(ecs, INSTANCE);
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
  if (isRunning) await reportRunning(ecs.deps, INSTANCE);
  return arn;
}

const execute = (input: Partial<ExecuteCommandCommandInput>) =>
  ecs.client.send(new ExecuteCommandCommand({ task: undefined, command: '/bin/sh', interactive: true, ...input })).then(
    () => undefined,
    (error: Error) => `${error.name}: ${error.message}`,
  );

test('ExecuteCommand, that nothing is wrong with, grants one session and says where its client connects', async () => {
  const task = await run('pair');
  const asked = { task, container: 'side', command: `sh -c 'echo "$HOME"'`, interactive: true };
  const { session, $metadata: _, ...answer } = await ecs.client.send(new ExecuteCommandCommand(asked));
  expect(answer).toEqual({
    clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/default',
    containerArn: expect.stringMatching(
      /^arn:aws:ecs:eu-west-1:123456789012:container\/default\/[0-9a-f]{32}\/[0-9a-f-]{36}$/,
    ),
    containerName: 'side',
    interactive: true,
    taskArn: task,
  });
  expect(session?.sessionId).toMatch(/^ecs-execute-command-[0-9a-f]{32}$/);
  expect(session?.streamUrl).toMatch(/^wss:\/\/sessions\.test\?ticket=[\w.-]+$/);
  const grant = await read(ecs.deps.store, sessionGrants, session?.sessionId ?? '');
  expect(grant?.value).toMatchObject({
    taskId: task.split('/').at(-1),
    epoch: 1,
    instanceId: INSTANCE,
    agentEpoch: 1,
    container: 'side',
    caller: PRINCIPAL,
    openBefore: ecs.clock.now() + 60_000,
    order: { kind: 'exec', command: ['sh', '-c', 'echo "$HOME"'], terminal: true },
  });
});

test('ExecuteCommand, its two tickets, are good for their own use and session, and for a minute', async () => {
  const { session } = await ecs.client.send(
    new ExecuteCommandCommand({ task: await run('web'), command: 'sh', interactive: true }),
  );
  const url = new URL(session?.streamUrl ?? '').searchParams.get('ticket');
  const reader = ticketReader(() => KEYS.pageTokenKey(), ecs.clock);
  expect(await reader(url, 'url')).toBe(session?.sessionId);
  expect(await reader(session?.tokenValue, 'token')).toBe(session?.sessionId);
  expect(await reader(url, 'token')).toBeUndefined();
  expect(await reader(session?.tokenValue, 'url')).toBeUndefined();
  expect(await ticketReader(async () => 'another secret', ecs.clock)(url, 'url')).toBeUndefined();
  ecs.clock.advance(60_000);
  expect(await reader(url, 'url')).toBeUndefined();
  expect(await reader(session?.tokenValue, 'token')).toBeUndefined();
});

test('ExecuteCommand, of a task whose agent is not heard from, says so', async () => {
  const task = await run('web');
  ecs.clock.advance(ecs.deps.timings.lease);
  expect(await execute({ task })).toMatch(/^TargetNotConnectedException: .* is not connected/);
});

test('ExecuteCommand, where clients can hold no socket, says so', async () => {
  const task = await run('web');
  const { sockets: _, ...deps } = ecs.deps;
  const request = JSON.stringify({ task, command: 'sh', interactive: true });
  const { status, body } = await serveEcs(deps, KEYS, await ecs.sign('ExecuteCommand', request));
  expect(status).toBe(400);
  expect(JSON.parse(body)).toMatchObject({ __type: 'TargetNotConnectedException' });
});

test('ExecuteCommand, with a command line that cannot be parsed, is refused', async () => {
  for (const command of ["sh -c 'ls", 'sh \\', '  ']) {
    expect(await execute({ task: 'a'.repeat(32), command })).toMatch(
      /^InvalidParameterException: Command can not be parsed/,
    );
  }
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
  expect(await execute({ task })).toBe(refused('PENDING'));
  await ecs.client.send(new StopTaskCommand({ task }));
  expect(await execute({ task })).toBe(refused('STOPPING'));
});

test('ExecuteCommand, of a task that was run without it, is refused in the words of ECS', async () => {
  expect(await execute({ task: await run('web', true, false) })).toMatch(
    /^InvalidParameterException: The execute command failed because execute command was not enabled when the task was run/,
  );
});
