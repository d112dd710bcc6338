import {
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StartTaskCommand,
  StopTaskCommand,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import { given, instancesThere, waiting } from '#test/support/e2e-ecs.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';
import { refusalOfSample, SAMPLE_NAMES, sample, VERDICTS } from '#test/support/taskdef-samples.ts';

/** Room for the largest of them; as many CPU units and MiB as a machine need not really have to simulate containers. */
const ARGS = ['--runtime', 'simulated', '--time-scale', '0.2', '--agents', '1', '--agent-size', '65536,262144'];

/** What no machine here offers, in the words ECS has for it. */
const NO_ROOM: Readonly<Record<string, string>> = {
  'ecsguide-ecs-gpu-1': 'RESOURCE:GPU',
  'ecsguide-ecs-inference-1': 'ATTRIBUTE',
};

const REGISTERED = SAMPLE_NAMES.filter((name) => !refusalOfSample(name));

describe('real task definitions on a running stack', () => {
  let stack: RunningStack;
  let instance: string;
  beforeAll(async () => {
    stack = await startStack({ args: ARGS });
    [instance = ''] = await instancesThere(stack.ecs, 1);
  });

  it.each(SAMPLE_NAMES.filter((name) => refusalOfSample(name)))(
    '%s, is refused when it is registered',
    async (name) => {
      await expect(stack.ecs.send(new RegisterTaskDefinitionCommand(sample(name)))).rejects.toThrow(
        refusalOfSample(name),
      );
    },
  );

  const launchTypes = (name: string) => (VERDICTS[name]?.fargate ? (['EC2', 'FARGATE'] as const) : (['EC2'] as const));
  const runnable = REGISTERED.filter((name) => NO_ROOM[name] === undefined);

  it.each(runnable.flatMap((name) => launchTypes(name).map((type) => [name, type] as const)))(
    '%s on %s, runs with all its containers until it is stopped',
    async (name, launchType) => {
      const { ecs } = stack;
      const input = sample(name);
      const taskDefinition = await registered(name);
      const { tasks = [], failures } = await ecs.send(
        new RunTaskCommand({ taskDefinition, launchType, ...network(name) }),
      );
      expect(failures).toEqual([]);
      const arns = tasks.map(({ taskArn }) => given(taskArn));
      await waitUntilTasksRunning(waiting(ecs), { tasks: arns });
      const { tasks: [running] = [] } = await ecs.send(new DescribeTasksCommand({ tasks: arns }));
      expect(running).toMatchObject({ launchType, lastStatus: 'RUNNING', taskDefinitionArn: taskDefinition });
      const containers = running?.containers ?? [];
      expect(containers.map((container) => container.name).sort()).toEqual(
        input.containerDefinitions?.map((container) => container.name).sort(),
      );
      expect(containers.every(({ lastStatus }) => lastStatus === 'RUNNING')).toBe(true);
      await ecs.send(new StopTaskCommand({ task: arns[0] }));
      await waitUntilTasksStopped(waiting(ecs), { tasks: arns });
    },
  );

  it.each(Object.entries(NO_ROOM))('%s, waits and is refused on the machine for %s', async (name, reason) => {
    const { ecs } = stack;
    const taskDefinition = await registered(name);
    const started = await ecs.send(
      new StartTaskCommand({ taskDefinition, containerInstances: [instance], ...network(name) }),
    );
    expect(started).toMatchObject({ tasks: [], failures: [{ arn: instance, reason }] });
    const { tasks: [task] = [] } = await ecs.send(new RunTaskCommand({ taskDefinition, ...network(name) }));
    expect(task?.lastStatus).toBe('PROVISIONING');
    await ecs.send(new StopTaskCommand({ task: task?.taskArn }));
  });

  const registered = async (name: string): Promise<string> => {
    const { taskDefinition } = await stack.ecs.send(new RegisterTaskDefinitionCommand(sample(name)));
    return given(taskDefinition?.taskDefinitionArn);
  };
});

const network = (name: string) =>
  sample(name).networkMode === 'awsvpc'
    ? { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } }
    : {};
