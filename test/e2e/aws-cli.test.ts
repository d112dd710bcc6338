import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  type ContainerInstance,
  type Service,
  type Tag,
  type Task,
  type TaskDefinition,
  waitUntilServicesInactive,
  waitUntilServicesStable,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AwsCli, awsCli, awsCliMissing } from '#test/support/e2e-aws-cli.ts';
import { instancesThere, waiting } from '#test/support/e2e-ecs.ts';
import { runnable } from '#test/support/loud-skip.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';

const ARN = 'arn:aws:ecs:us-east-1:000000000000';

/** What `aws ecs register-task-definition --cli-input-json` reads. */
const TASK = {
  family: 'hello',
  containerDefinitions: [
    { name: 'main', image: 'busybox', cpu: 64, memory: 64, essential: true, command: ['/bin/sh', '-c', 'sleep 3600'] },
  ],
};

describe.runIf(runnable('the AWS command line against a stack', await awsCliMissing()))('the AWS command line', () => {
  let stack: RunningStack;
  let aws: AwsCli;
  let instances: readonly string[];

  beforeAll(async () => {
    const size = ['--agents', '2', '--agent-size', '2048,2048'];
    stack = await startStack({ args: ['--runtime', 'simulated', '--time-scale', '0.2', ...size] });
    aws = awsCli(stack, stack.dataDir);
    instances = await instancesThere(stack.ecs, 2);
    writeFileSync(path.join(stack.dataDir, 'task.json'), JSON.stringify(TASK));
    await aws.json('register-task-definition', '--cli-input-json', 'file://task.json');
  });

  /** The command line's waiters look every 6 to 15 seconds, so each starts when what it waits for is there. */
  const wait = async (...args: readonly string[]) => {
    const { code, stderr } = await aws.run('wait', ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  };

  it('takes a service from its definition to its end, waiting where a script would', async () => {
    const { taskDefinition } = await aws.json<{ taskDefinition: TaskDefinition }>(
      ...['register-task-definition', '--cli-input-json', 'file://task.json'],
    );
    expect(taskDefinition).toMatchObject({ ...TASK, revision: 2, status: 'ACTIVE' });

    await aws.json('create-service', '--service-name', 'hello', '--task-definition', 'hello:1', '--desired-count', '3');
    const stable = async () => {
      await waitUntilServicesStable(waiting(stack.ecs), { services: ['hello'] });
      await wait('services-stable', '--services', 'hello');
    };
    const described = async () => {
      const { services } = await aws.json<{ services: Service[] }>('describe-services', '--services', 'hello');
      return services[0];
    };
    await stable();
    expect(await described()).toMatchObject({
      serviceName: 'hello',
      runningCount: 3,
      taskDefinition: `${ARN}:task-definition/hello:1`,
    });
    const [{ serviceArns }, { taskArns }] = await Promise.all([
      aws.json<{ serviceArns: string[] }>('list-services'),
      aws.json<{ taskArns: string[] }>('list-tasks', '--service-name', 'hello'),
    ]);
    expect(serviceArns).toEqual([`${ARN}:service/default/hello`]);
    const { tasks } = await aws.json<{ tasks: Task[] }>('describe-tasks', '--tasks', ...taskArns);
    expect(tasks.map(({ lastStatus, group }) => `${group} ${lastStatus}`)).toEqual(
      Array.from({ length: 3 }, () => 'service:hello RUNNING'),
    );

    await aws.json('update-service', '--service', 'hello', '--desired-count', '1', '--task-definition', 'hello');
    await stable();
    expect(await described()).toMatchObject({
      desiredCount: 1,
      runningCount: 1,
      taskDefinition: `${ARN}:task-definition/hello:2`,
    });

    await aws.json('delete-service', '--service', 'hello', '--force');
    await waitUntilServicesInactive(waiting(stack.ecs), { services: ['hello'] });
    await wait('services-inactive', '--services', 'hello');
  });

  it('runs a task, waits for it, stops it and reads why it stopped', async () => {
    const { tasks } = await aws.json<{ tasks: Task[] }>(
      'run-task',
      '--task-definition',
      'hello',
      '--started-by',
      'cli',
    );
    const ids = [tasks[0]?.taskArn ?? ''];
    await waitUntilTasksRunning(waiting(stack.ecs), { tasks: ids });
    await wait('tasks-running', '--tasks', ...ids);
    await aws.json('stop-task', '--task', ...ids, '--reason', 'it is late');
    await waitUntilTasksStopped(waiting(stack.ecs), { tasks: ids });
    await wait('tasks-stopped', '--tasks', ...ids);
    const stopped = await aws.json<{ tasks: Task[] }>('describe-tasks', '--tasks', ...ids);
    expect(stopped.tasks).toMatchObject([{ lastStatus: 'STOPPED', stoppedReason: 'it is late', startedBy: 'cli' }]);
  });

  it('lists the container instances, drains one and takes it back', async () => {
    const listed = await aws.json<{ containerInstanceArns: string[] }>('list-container-instances');
    expect(listed.containerInstanceArns.toSorted()).toEqual(instances.toSorted());
    const [instance = ''] = instances;
    for (const status of ['DRAINING', 'ACTIVE']) {
      const { containerInstances } = await aws.json<{ containerInstances: ContainerInstance[] }>(
        ...['update-container-instances-state', '--container-instances', instance, '--status', status],
      );
      expect(containerInstances).toMatchObject([{ containerInstanceArn: instance, status, agentConnected: true }]);
    }
  });

  it('tags a cluster and takes the tag away', async () => {
    const resource = ['--resource-arn', `${ARN}:cluster/default`];
    const tags = async () => (await aws.json<{ tags: Tag[] }>('list-tags-for-resource', ...resource)).tags;
    expect((await aws.run('tag-resource', ...resource, '--tags', 'key=team,value=sea')).code).toBe(0);
    expect(await tags()).toEqual([{ key: 'team', value: 'sea' }]);
    expect((await aws.run('untag-resource', ...resource, '--tag-keys', 'team')).code).toBe(0);
    expect(await tags()).toEqual([]);
  });

  it.concurrent.each([
    ['describe-task-definition --task-definition absent', 'ClientException'],
    ['list-tasks --cluster absent', 'ClusterNotFoundException'],
    ['update-service --service absent --desired-count 1', 'ServiceNotFoundException'],
    ['create-service --service-name a --task-definition hello --desired-count -1', 'InvalidParameterException'],
    ['describe-task-sets --cluster default --service web', 'ServiceNotFoundException'],
    ['discover-poll-endpoint --cluster default', 'UnsupportedFeatureException'],
  ])('aws ecs %s, fails with a %s that it prints', async (line, type) => {
    const { code, stdout, stderr } = await aws.run(...line.split(' '));
    // Version 1 ends with 255 and version 2 with 254 when a service refuses.
    expect([254, 255]).toContain(code);
    expect(stdout).toBe('');
    expect(stderr).toContain(`(${type})`);
  });
});
