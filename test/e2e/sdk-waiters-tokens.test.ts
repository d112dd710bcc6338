import {
  ConflictException,
  CreateServiceCommand,
  DescribeServicesCommand,
  InvalidParameterException,
  ListServicesCommand,
  ListTasksCommand,
  RunTaskCommand,
  UpdateServiceCommand,
  waitUntilTasksRunning,
} from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import { given, instancesThere, registerMain, taskArns, waiting } from '#test/support/e2e-ecs.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';

const AT_ONCE = 50;

const refusalOf = (request: Promise<unknown>): Promise<unknown> =>
  request.then(
    (answer) => answer,
    (error: unknown) => error,
  );

describe('client tokens over HTTP', () => {
  let stack: RunningStack;

  beforeAll(async () => {
    stack = await startStack();
    await instancesThere(stack.ecs, 1);
    await registerMain(stack.ecs, 'once');
    await registerMain(stack.ecs, 'other');
  });

  it('one RunTask sent fifty times at once, makes one set of tasks and every answer names it', async () => {
    const { ecs } = stack;
    const request = { taskDefinition: 'once', count: 3, startedBy: 'parallel', clientToken: 'run-once' };
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => ecs.send(new RunTaskCommand(request))));
    const sets = new Set(answers.map(({ tasks }) => taskArns(tasks).toSorted().join(' ')));
    expect(sets.size).toBe(1);
    const arns = taskArns(answers[0]?.tasks);
    expect((await waitUntilTasksRunning(waiting(ecs), { tasks: arns })).state).toBe('SUCCESS');
    const listed = await ecs.send(new ListTasksCommand({ startedBy: 'parallel' }));
    expect(listed.taskArns?.toSorted()).toEqual(arns.toSorted());
  });

  it('a token used again for something else, is a ConflictException that names the tasks, and starts nothing', async () => {
    const { ecs } = stack;
    const request = { taskDefinition: 'once', count: 2, startedBy: 'conflict', clientToken: 'twice' };
    const { tasks } = await ecs.send(new RunTaskCommand(request));
    for (const change of [{ count: 3 }, { count: 1 }, { taskDefinition: 'other' }, { startedBy: 'elsewhere' }]) {
      const refusal = await refusalOf(ecs.send(new RunTaskCommand({ ...request, ...change })));
      expect(refusal).toBeInstanceOf(ConflictException);
      expect((refusal as ConflictException).resourceIds?.toSorted()).toEqual(taskArns(tasks).toSorted());
    }
    const all = await ecs.send(new ListTasksCommand({ startedBy: 'conflict' }));
    expect(all.taskArns?.toSorted()).toEqual(taskArns(tasks).toSorted());
    expect((await ecs.send(new ListTasksCommand({ startedBy: 'elsewhere' }))).taskArns).toEqual([]);
  });

  it('one CreateService sent fifty times at once, makes one service; another request under its token is refused', async () => {
    const { ecs } = stack;
    const request = { serviceName: 'tokened', taskDefinition: 'once', desiredCount: 2, clientToken: 'service-once' };
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, () => ecs.send(new CreateServiceCommand(request))),
    );
    const made = answers.map(({ service }) => `${service?.serviceArn} ${service?.deployments?.[0]?.id}`);
    expect(new Set(made).size).toBe(1);
    expect((await ecs.send(new ListServicesCommand({}))).serviceArns).toEqual([given(answers[0]?.service?.serviceArn)]);
    for (const change of [{ desiredCount: 5 }, { taskDefinition: 'other' }, { clientToken: 'another' }]) {
      const refusal = await refusalOf(ecs.send(new CreateServiceCommand({ ...request, ...change })));
      expect(refusal).toBeInstanceOf(InvalidParameterException);
    }
  });

  it('fifty updates of one service at once, are all accepted and the service ends with one of them', async () => {
    const { ecs } = stack;
    await ecs.send(new CreateServiceCommand({ serviceName: 'busy', taskDefinition: 'once', desiredCount: 0 }));
    const counts = Array.from({ length: AT_ONCE }, (_, index) => index % 5);
    const answers = await Promise.all(
      counts.map((desiredCount) => refusalOf(ecs.send(new UpdateServiceCommand({ service: 'busy', desiredCount })))),
    );
    // Losing a race is the stack's to settle, or to say so in the one word that makes an SDK try again.
    const names = answers.filter((answer) => answer instanceof Error).map(({ name }) => name);
    expect(names.filter((name) => name !== 'ThrottlingException')).toEqual([]);
    const { services } = await ecs.send(new DescribeServicesCommand({ services: ['busy'] }));
    expect(counts).toContain(services?.[0]?.desiredCount);
    expect(services?.[0]?.deployments).toHaveLength(1);
  });
});
