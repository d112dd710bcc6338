import * as ecsModel from '@aws-sdk/client-ecs';
import {
  ClientException,
  CreateServiceCommand,
  DescribeServicesCommand,
  InvalidParameterException,
  ListServicesCommand,
  ListTasksCommand,
  paginateListServices,
  paginateListTasks,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  UnsupportedFeatureException,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS } from '#api/ecs/operations.ts';
import { allPages } from '#cli/pages.ts';
import { given, instancesThere, registerMain, taskArns, taskThere, waiting } from '#test/support/e2e-ecs.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const refusalOf = (request: Promise<unknown>): Promise<unknown> =>
  request.then(
    () => new Error('the request was accepted'),
    (error: unknown) => error,
  );

describe('what a running stack refuses, delays or hands out in pages', () => {
  let stack: RunningStack;

  beforeAll(async () => {
    stack = await startStack({
      args: ['--runtime', 'simulated', '--time-scale', '0.2', '--agent-size', '2048,2048'],
    });
    await instancesThere(stack.ecs, 1);
  });

  const registerFargate = (change: object = {}) =>
    stack.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'fargate',
        requiresCompatibilities: ['FARGATE'],
        networkMode: 'awsvpc',
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ name: 'main', image: 'none' }],
        ...change,
      }),
    );

  it.each([
    ['a size AWS does not sell', { cpu: '256', memory: '4096' }, 'No Fargate configuration exists'],
    ['an odd memory', { cpu: '1024', memory: '2049' }, 'No Fargate configuration exists'],
    ['no CPU', { cpu: undefined }, "'cpu' be defined at the task level"],
    ['another network mode', { networkMode: 'bridge' }, 'only supports network mode ‘awsvpc’'],
  ])('a Fargate definition with %s, is a ClientException', async (_what, change, words) => {
    const refusal = await refusalOf(registerFargate(change));
    expect(refusal).toBeInstanceOf(ClientException);
    expect((refusal as Error).message).toContain(words);
  });

  it('a Fargate task, needs its network configuration and then runs with a platform', async () => {
    const { ecs } = stack;
    await registerFargate();
    const request = { taskDefinition: 'fargate', launchType: 'FARGATE' } as const;
    const refusal = await refusalOf(ecs.send(new RunTaskCommand(request)));
    expect(refusal).toBeInstanceOf(InvalidParameterException);
    expect((refusal as Error).message).toContain("networkMode 'awsvpc'");
    const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1'] } };
    const { tasks } = await ecs.send(new RunTaskCommand({ ...request, networkConfiguration }));
    const [arn = ''] = taskArns(tasks);
    const task = await taskThere(ecs, arn, ({ lastStatus }) => lastStatus === 'RUNNING');
    expect(task).toMatchObject({ launchType: 'FARGATE', platformVersion: '1.4.0', cpu: '256', memory: '512' });
    await ecs.send(new StopTaskCommand({ task: arn }));
  });

  it('a task that fits nowhere, waits in PROVISIONING with its reason and can be stopped', async () => {
    const { ecs } = stack;
    await registerMain(ecs, 'huge', { memory: 1_000_000 });
    const { tasks, failures } = await ecs.send(new RunTaskCommand({ taskDefinition: 'huge' }));
    expect(failures).toEqual([]);
    const [arn = ''] = taskArns(tasks);
    const task = await taskThere(ecs, arn, ({ containers }) => containers?.[0]?.reason !== undefined);
    expect(task).toMatchObject({ lastStatus: 'PROVISIONING', desiredStatus: 'RUNNING' });
    expect(task.containers?.[0]?.reason).toContain('RESOURCE:MEMORY');
    await ecs.send(new StopTaskCommand({ task: arn, reason: 'no room' }));
    expect((await waitUntilTasksStopped(waiting(ecs), { tasks: [arn] })).state).toBe('SUCCESS');
  });

  it('a service that fits nowhere, says so in its events', async () => {
    const { ecs } = stack;
    await registerMain(ecs, 'huge', { memory: 1_000_000 });
    await ecs.send(new CreateServiceCommand({ serviceName: 'huge', taskDefinition: 'huge', desiredCount: 1 }));
    const { value } = await waitUntil(
      'the complaint of the service',
      async () => (await ecs.send(new DescribeServicesCommand({ services: ['huge'] }))).services?.[0],
      (service) => Boolean(service?.events?.some(({ message }) => message?.includes('unable to place a task'))),
      { withinMs: 10_000 },
    );
    expect(value).toMatchObject({ runningCount: 0, pendingCount: 1 });
  });

  it('every operation of ECS that Berth does not serve, is an UnsupportedFeatureException that names it', async () => {
    const { ecs } = stack;
    const unserved = Object.entries(ecsModel).filter(
      ([name]) => name.endsWith('Command') && name !== '$Command' && !OPERATIONS.has(name.replace(/Command$/, '')),
    );
    expect(unserved.map(([name]) => name)).toContain('DiscoverPollEndpointCommand');
    for (const [name, command] of unserved) {
      // Which operation it is comes before what it is given, so that every one of them can do without input.
      const Command = command as typeof ecsModel.ExecuteCommandCommand;
      const refusal = await refusalOf(ecs.send(new Command({} as ecsModel.ExecuteCommandCommandInput)));
      expect(refusal, name).toBeInstanceOf(UnsupportedFeatureException);
      expect((refusal as Error).message).toContain(name.replace(/Command$/, ''));
    }
  });

  it('lists longer than a page, are read to their end without a gap or a repeat', async () => {
    const { ecs } = stack;
    await registerMain(ecs, 'paged');
    const started = await Promise.all(
      [10, 7].map((count) => ecs.send(new RunTaskCommand({ taskDefinition: 'paged', count, startedBy: 'pages' }))),
    );
    const expected = started.flatMap(({ tasks }) => taskArns(tasks)).toSorted();
    expect((await waitUntilTasksRunning(waiting(ecs), { tasks: expected })).state).toBe('SUCCESS');
    const pages = paginateListTasks({ client: ecs, pageSize: 3 }, { startedBy: 'pages' });
    expect((await allPages(pages, ({ taskArns: arns }) => arns)).toSorted()).toEqual(expected);

    const names = Array.from({ length: 5 }, (_, index) => `paged-${index}`);
    for (const serviceName of names) {
      await ecs.send(new CreateServiceCommand({ serviceName, taskDefinition: 'paged', desiredCount: 0 }));
    }
    const services = await allPages(paginateListServices({ client: ecs, pageSize: 2 }, {}), (page) => page.serviceArns);
    expect(services.map((arn) => arn.split('/').at(-1))).toEqual(expect.arrayContaining(names));
    expect(new Set(services).size).toBe(services.length);
  });

  it('a page token of another listing, is an InvalidParameterException', async () => {
    const { ecs } = stack;
    const { nextToken } = await ecs.send(new ListServicesCommand({ maxResults: 1 }));
    const refusal = await refusalOf(ecs.send(new ListTasksCommand({ nextToken: given(nextToken) })));
    expect(refusal).toBeInstanceOf(InvalidParameterException);
  });
});
