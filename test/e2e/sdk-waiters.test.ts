import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListClustersCommand,
  ListServicesCommand,
  ListTagsForResourceCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  RunTaskCommand,
  StartTaskCommand,
  StopTaskCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
  waitUntilServicesInactive,
  waitUntilServicesStable,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS } from '#api/ecs/operations.ts';
import { runningOf, seenTasks } from '#test/support/chaos-tasks.ts';
import { given, instancesThere, registerMain, taskArns, taskThere, waiting } from '#test/support/e2e-ecs.ts';
import { SHOWN_ELSEWHERE } from '#test/support/e2e-shown-operations.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const ARN = 'arn:aws:ecs:us-east-1:000000000000';

describe('the SDK against a running stack', () => {
  let stack: RunningStack;
  let instances: readonly string[];
  const called = new Set<string>();

  beforeAll(async () => {
    const size = ['--agents', '2', '--agent-size', '2048,2048'];
    stack = await startStack({ args: ['--runtime', 'simulated', '--time-scale', '0.2', ...size] });
    stack.ecs.middlewareStack.add((next, { commandName = '' }) => (args) => {
      called.add(commandName.replace(/Command$/, ''));
      return next(args);
    });
    instances = await instancesThere(stack.ecs, 2);
  });

  const service = async (name: string) => {
    const { services } = await stack.ecs.send(new DescribeServicesCommand({ services: [name] }));
    return given(services?.[0]);
  };
  const running = async (serviceName: string) => runningOf(await seenTasks(stack.ecs, { serviceName }));

  it('a cluster, is created, described, listed, deleted and stays describable', async () => {
    const { ecs } = stack;
    const { cluster } = await ecs.send(new CreateClusterCommand({ clusterName: 'blue' }));
    expect(cluster).toMatchObject({
      clusterArn: `${ARN}:cluster/blue`,
      status: 'ACTIVE',
      registeredContainerInstancesCount: 0,
    });
    expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([
      `${ARN}:cluster/blue`,
      `${ARN}:cluster/default`,
    ]);
    await ecs.send(new DeleteClusterCommand({ cluster: 'blue' }));
    const { clusters, failures } = await ecs.send(
      new DescribeClustersCommand({ clusters: ['blue', 'default', 'red'] }),
    );
    expect(clusters?.map(({ clusterName, status }) => [clusterName, status])).toEqual([
      ['blue', 'INACTIVE'],
      ['default', 'ACTIVE'],
    ]);
    expect(clusters?.[1]?.registeredContainerInstancesCount).toBe(2);
    expect(failures).toEqual([{ arn: `${ARN}:cluster/red`, reason: 'MISSING' }]);
  });

  it('a family, counts its revisions and keeps those that were deregistered', async () => {
    const { ecs } = stack;
    await registerMain(ecs, 'counted');
    await registerMain(ecs, 'counted', { image: 'newer' });
    const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'counted' }));
    expect(taskDefinition).toMatchObject({ revision: 2, status: 'ACTIVE', containerDefinitions: [{ image: 'newer' }] });
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'counted:1' }));
    const list = async (status: 'ACTIVE' | 'INACTIVE') =>
      (await ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: 'counted', status }))).taskDefinitionArns;
    expect(await list('ACTIVE')).toEqual([`${ARN}:task-definition/counted:2`]);
    expect(await list('INACTIVE')).toEqual([`${ARN}:task-definition/counted:1`]);
    expect((await ecs.send(new ListTaskDefinitionFamiliesCommand({ familyPrefix: 'count' }))).families).toEqual([
      'counted',
    ]);
  });

  it('tasks that are run, are waited for until they run, and until they stopped', async () => {
    const { ecs } = stack;
    await registerMain(ecs, 'once');
    const { tasks, failures } = await ecs.send(
      new RunTaskCommand({ taskDefinition: 'once', count: 3, startedBy: 'me' }),
    );
    const arns = taskArns(tasks);
    expect({ failures, count: arns.length }).toEqual({ failures: [], count: 3 });
    expect((await waitUntilTasksRunning(waiting(ecs), { tasks: arns })).state).toBe('SUCCESS');
    const listed = await ecs.send(new ListTasksCommand({ startedBy: 'me' }));
    expect(listed.taskArns?.toSorted()).toEqual(arns.toSorted());

    for (const task of arns) await ecs.send(new StopTaskCommand({ task, reason: 'enough' }));
    expect((await waitUntilTasksStopped(waiting(ecs), { tasks: arns })).state).toBe('SUCCESS');
    const { tasks: stopped = [] } = await ecs.send(new DescribeTasksCommand({ tasks: arns }));
    for (const task of stopped) {
      expect(task).toMatchObject({ desiredStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: 'enough' });
      expect(task.containers).toMatchObject([{ name: 'main', lastStatus: 'STOPPED', exitCode: 143 }]);
      expect(given(task.startedAt).getTime()).toBeLessThanOrEqual(given(task.stoppedAt).getTime());
    }
  });

  it('a task that is started on an instance, runs on that instance', async () => {
    const { ecs } = stack;
    await registerMain(ecs, 'pinned');
    for (const instance of instances) {
      const { tasks } = await ecs.send(
        new StartTaskCommand({ taskDefinition: 'pinned', containerInstances: [instance] }),
      );
      const [arn = ''] = taskArns(tasks);
      const task = await taskThere(ecs, arn, ({ lastStatus }) => lastStatus === 'RUNNING');
      expect(task.containerInstanceArn).toBe(instance);
      await ecs.send(new StopTaskCommand({ task: arn }));
    }
  });

  it('a service, becomes stable, scales, rolls to a new revision and ends', async () => {
    const { ecs } = stack;
    await registerMain(ecs, 'web');
    await ecs.send(new CreateServiceCommand({ serviceName: 'web', taskDefinition: 'web', desiredCount: 3 }));
    const stable = () => waitUntilServicesStable(waiting(ecs), { services: ['web'] });
    expect((await stable()).state).toBe('SUCCESS');
    expect(await service('web')).toMatchObject({ status: 'ACTIVE', desiredCount: 3, runningCount: 3, pendingCount: 0 });
    expect((await ecs.send(new ListServicesCommand({}))).serviceArns).toContain(`${ARN}:service/default/web`);
    const first = await running('web');

    await registerMain(ecs, 'web', { environment: [{ name: 'REVISION', value: '2' }] });
    const { service: updated } = await ecs.send(new UpdateServiceCommand({ service: 'web', taskDefinition: 'web' }));
    expect(updated?.deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS' },
      { status: 'ACTIVE' },
    ]);
    expect((await stable()).state).toBe('SUCCESS');
    const second = await running('web');
    expect(second.filter(({ id }) => first.some((task) => task.id === id))).toEqual([]);
    const { tasks } = await ecs.send(new DescribeTasksCommand({ tasks: second.map(({ id }) => id) }));
    expect(new Set(tasks?.map(({ taskDefinitionArn }) => taskDefinitionArn))).toEqual(
      new Set([`${ARN}:task-definition/web:2`]),
    );

    for (const desiredCount of [6, 1]) {
      await ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount }));
      expect((await stable()).state).toBe('SUCCESS');
      expect(await running('web')).toHaveLength(desiredCount);
    }
    const events = (await service('web')).events?.map(({ message }) => message).join('\n');
    expect(events).toContain('(service web) has reached a steady state.');

    await ecs.send(new DeleteServiceCommand({ service: 'web', force: true }));
    expect((await waitUntilServicesInactive(waiting(ecs), { services: ['web'] })).state).toBe('SUCCESS');
    const left = await ecs.send(new ListTasksCommand({ serviceName: 'web', desiredStatus: 'RUNNING' }));
    expect(left.taskArns).toEqual([]);
    expect((await ecs.send(new ListServicesCommand({}))).serviceArns).not.toContain(`${ARN}:service/default/web`);
  });

  it('an instance set to DRAINING, hands its service tasks over and takes new ones only when ACTIVE again', async () => {
    const { ecs } = stack;
    await registerMain(ecs, 'moving');
    const spread = [{ type: 'spread', field: 'instanceId' } as const];
    await ecs.send(
      new CreateServiceCommand({
        serviceName: 'moving',
        taskDefinition: 'moving',
        desiredCount: 4,
        placementStrategy: spread,
      }),
    );
    await waitUntilServicesStable(waiting(ecs), { services: ['moving'] });
    const [leaving = '', staying = ''] = instances;
    const setTo = (status: 'ACTIVE' | 'DRAINING') =>
      ecs.send(new UpdateContainerInstancesStateCommand({ containerInstances: [leaving], status }));
    expect((await setTo('DRAINING')).containerInstances).toMatchObject([{ status: 'DRAINING' }]);
    await waitUntil(
      'every task on the other instance',
      () => running('moving'),
      (tasks) => tasks.length === 4 && tasks.every(({ instanceArn }) => instanceArn === staying),
      { withinMs: 20_000 },
    );
    const { value: drained } = await waitUntil(
      'the last task gone from the draining instance',
      () => ecs.send(new DescribeContainerInstancesCommand({ containerInstances: [leaving] })),
      ({ containerInstances }) => containerInstances?.[0]?.runningTasksCount === 0,
      { withinMs: 10_000 },
    );
    expect(drained.containerInstances).toMatchObject([{ status: 'DRAINING', agentConnected: true }]);
    const refused = await ecs.send(new StartTaskCommand({ taskDefinition: 'moving', containerInstances: [leaving] }));
    expect(refused).toMatchObject({ tasks: [], failures: [{ arn: leaving, reason: 'DRAINING' }] });
    expect((await setTo('ACTIVE')).containerInstances).toMatchObject([{ status: 'ACTIVE' }]);
    await ecs.send(new DeleteServiceCommand({ service: 'moving', force: true }));
  });

  it('tags, are kept on every kind of resource and taken away again', async () => {
    const { ecs } = stack;
    const definition = await registerMain(ecs, 'tagged');
    const { tasks } = await ecs.send(new RunTaskCommand({ taskDefinition: 'tagged' }));
    const created = await ecs.send(
      new CreateServiceCommand({ serviceName: 'tagged', taskDefinition: 'tagged', desiredCount: 0 }),
    );
    for (const resourceArn of [
      `${ARN}:cluster/default`,
      given(created.service?.serviceArn),
      given(definition.taskDefinitionArn),
      given(instances[0]),
      ...taskArns(tasks),
    ]) {
      const tags = [
        { key: 'team', value: 'sea' },
        { key: 'tier', value: '' },
      ];
      await ecs.send(new TagResourceCommand({ resourceArn, tags }));
      expect((await ecs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual(tags);
      await ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: ['team', 'absent'] }));
      expect((await ecs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual(tags.slice(1));
    }
  });

  it('the tests above, called every operation Berth serves and no other file shows', () => {
    const shown = new Set([...called, ...SHOWN_ELSEWHERE]);
    expect([...shown].sort()).toEqual([...OPERATIONS.keys()].sort());
  });
});
