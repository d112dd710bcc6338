import {
  CreateCapacityProviderCommand,
  CreateClusterCommand,
  DeleteAccountSettingCommand,
  DeleteCapacityProviderCommand,
  DeleteClusterCommand,
  DeregisterContainerInstanceCommand,
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  InvalidParameterException,
  ListAccountSettingsCommand,
  ListClustersCommand,
  ListContainerInstancesCommand,
  ListTasksCommand,
  PutAccountSettingCommand,
  PutAccountSettingDefaultCommand,
  PutClusterCapacityProvidersCommand,
  ResourceInUseException,
  RunTaskCommand,
  StopTaskCommand,
  UnsupportedFeatureException,
  UpdateCapacityProviderCommand,
  UpdateClusterCommand,
  UpdateClusterSettingsCommand,
  UpdateContainerAgentCommand,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createService,
  given,
  instancesThere,
  registerMain,
  taskArns,
  untilStable,
  waiting,
} from '#test/support/e2e-ecs.ts';
import { SHOWN_WITH_CAPACITY } from '#test/support/e2e-shown-operations.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const ARGS = ['--runtime', 'simulated', '--time-scale', '0.2', '--agents', '2'];
const WITHIN_MS = 30_000;

describe('clusters, capacity and instances over HTTP', () => {
  let stack: RunningStack;
  const called = new Set<string>();

  beforeAll(async () => {
    stack = await startStack({ args: ARGS });
    stack.ecs.middlewareStack.add((next, { commandName = '' }) => (args) => {
      called.add(commandName.replace(/Command$/, ''));
      return next(args);
    });
    await instancesThere(stack.ecs, 2);
    await registerMain(stack.ecs, 'shared');
    await registerMain(stack.ecs, 'moved');
  });

  const statusOf = async (arn: string) =>
    (await stack.ecs.send(new DescribeContainerInstancesCommand({ containerInstances: [arn] }))).containerInstances?.[0]
      ?.status;

  it('tasks of a cluster with a default strategy, are shared out, counted, and keep their providers in place', async () => {
    const { ecs } = stack;
    for (const name of ['metal', 'spare']) {
      await ecs.send(
        new CreateCapacityProviderCommand({ name, autoScalingGroupProvider: { autoScalingGroupArn: name } }),
      );
    }
    await ecs.send(
      new UpdateCapacityProviderCommand({
        name: 'metal',
        autoScalingGroupProvider: { managedScaling: { targetCapacity: 50 } },
      }),
    );
    const described = await ecs.send(new DescribeCapacityProvidersCommand({ capacityProviders: ['metal', 'FARGATE'] }));
    expect(described.capacityProviders).toMatchObject([
      { name: 'metal', autoScalingGroupProvider: { managedScaling: { targetCapacity: 50 } } },
      { name: 'FARGATE', status: 'ACTIVE' },
    ]);
    const put = (capacityProviders: string[]) =>
      ecs.send(
        new PutClusterCapacityProvidersCommand({
          cluster: 'default',
          capacityProviders,
          defaultCapacityProviderStrategy: capacityProviders.map((capacityProvider, at) => ({
            capacityProvider,
            base: at === 0 ? 1 : 0,
            weight: 1,
          })),
        }),
      );
    await put(['metal', 'spare']);
    const arns = taskArns((await ecs.send(new RunTaskCommand({ taskDefinition: 'shared', count: 5 }))).tasks);
    expect((await waitUntilTasksRunning(waiting(ecs), { tasks: arns })).state).toBe('SUCCESS');
    const { tasks } = await ecs.send(new DescribeTasksCommand({ tasks: arns }));
    expect(tasks?.map(({ capacityProviderName }) => capacityProviderName).toSorted()).toEqual([
      ...['metal', 'metal', 'metal'],
      ...['spare', 'spare'],
    ]);
    const { containerInstances } = await ecs.send(
      new DescribeContainerInstancesCommand({
        containerInstances: tasks?.map(({ containerInstanceArn }) => given(containerInstanceArn)),
      }),
    );
    const homes = new Map(containerInstances?.map((it) => [it.containerInstanceArn, it.capacityProviderName]));
    expect(tasks?.map((it) => homes.get(it.containerInstanceArn))).toEqual(
      tasks?.map(({ capacityProviderName }) => capacityProviderName),
    );
    const { clusters } = await ecs.send(new DescribeClustersCommand({ include: ['STATISTICS'] }));
    expect(clusters?.[0]?.statistics).toContainEqual({ name: 'runningEC2TasksCount', value: '5' });
    await expect(put(['metal'])).rejects.toBeInstanceOf(ResourceInUseException);
    for (const task of arns) await ecs.send(new StopTaskCommand({ task }));
    expect((await waitUntilTasksStopped(waiting(ecs), { tasks: arns })).state).toBe('SUCCESS');
    await put([]);
    // What the providers' machines were for is over: they go, and those of the default pool stay.
    await instancesThere(ecs, 2);
    const deleted = await ecs.send(new DeleteCapacityProviderCommand({ capacityProvider: 'spare' }));
    expect(deleted.capacityProvider?.status).toBe('INACTIVE');
  });

  it('an instance deregistered by force, gives its tasks to the other and ends, and its machine joins anew', async () => {
    const { ecs } = stack;
    await createService(ecs, 'moved', 4);
    await untilStable(ecs, 'moved');
    const before = await instancesThere(ecs, 2);
    const leaving = given(before[0]);
    await expect(
      ecs.send(new DeregisterContainerInstanceCommand({ containerInstance: leaving })),
    ).rejects.toBeInstanceOf(InvalidParameterException);
    await expect(ecs.send(new UpdateContainerAgentCommand({ containerInstance: leaving }))).rejects.toBeInstanceOf(
      UnsupportedFeatureException,
    );
    const { containerInstance } = await ecs.send(
      new DeregisterContainerInstanceCommand({ containerInstance: leaving, force: true }),
    );
    expect(containerInstance?.status).toBe('DEREGISTERING');
    const ended = await waitUntil(
      'the instance ended',
      () => statusOf(leaving),
      (status) => status === 'INACTIVE',
      {
        withinMs: WITHIN_MS,
      },
    );
    expect(ended.value).toBe('INACTIVE');
    await untilStable(ecs, 'moved');
    const left = await ecs.send(new ListTasksCommand({ containerInstance: leaving, desiredStatus: 'RUNNING' }));
    expect(left.taskArns).toEqual([]);
    const after = await instancesThere(ecs, 2);
    expect(after).not.toContain(leaving);
    const { containerInstanceArns } = await ecs.send(new ListContainerInstancesCommand({ status: 'DEREGISTERING' }));
    expect(containerInstanceArns).toEqual([]);
  });

  it('clusters made, changed and deleted, and what the account says of new ones, are as they were left', async () => {
    const { ecs } = stack;
    await ecs.send(new PutAccountSettingCommand({ name: 'containerInsights', value: 'enhanced' }));
    const { settings } = await ecs.send(
      new ListAccountSettingsCommand({ effectiveSettings: true, name: 'containerInsights' }),
    );
    expect(settings).toMatchObject([{ value: 'enhanced', type: 'user' }]);
    const made = await ecs.send(new CreateClusterCommand({ clusterName: 'second', capacityProviders: ['FARGATE'] }));
    expect(made.cluster?.settings).toEqual([{ name: 'containerInsights', value: 'enhanced' }]);
    await ecs.send(
      new UpdateClusterCommand({
        cluster: 'second',
        configuration: { executeCommandConfiguration: { logging: 'NONE' } },
      }),
    );
    const { clusters } = await ecs.send(
      new DescribeClustersCommand({ clusters: ['second'], include: ['CONFIGURATIONS'] }),
    );
    expect(clusters?.[0]).toMatchObject({
      capacityProviders: ['FARGATE'],
      configuration: { executeCommandConfiguration: { logging: 'NONE' } },
    });
    const disabled = [{ name: 'containerInsights', value: 'disabled' }] as const;
    const updated = await ecs.send(new UpdateClusterSettingsCommand({ cluster: 'second', settings: [...disabled] }));
    expect(updated.cluster?.settings).toEqual(disabled);
    await ecs.send(new DeleteAccountSettingCommand({ name: 'containerInsights' }));
    const account = await ecs.send(
      new PutAccountSettingDefaultCommand({ name: 'containerInsights', value: 'disabled' }),
    );
    expect(account.setting?.principalArn).toMatch(/:root$/);
    expect((await ecs.send(new DeleteClusterCommand({ cluster: 'second' }))).cluster?.status).toBe('INACTIVE');
  });

  it('the tests above, called every operation this file shows', () => {
    expect([...called]).toEqual(expect.arrayContaining([...SHOWN_WITH_CAPACITY]));
  });

  it('a page token, given to the stack after it was started anew, goes on where the page ended', async () => {
    await stack.ecs.send(new CreateClusterCommand({ clusterName: 'third' }));
    const first = await stack.ecs.send(new ListClustersCommand({ maxResults: 1 }));
    await stack.kill();
    stack = await startStack({ args: ARGS, dataDir: stack.dataDir });
    const second = await stack.ecs.send(new ListClustersCommand({ nextToken: given(first.nextToken) }));
    const names = [...(first.clusterArns ?? []), ...(second.clusterArns ?? [])].map((arn) => arn.split('/')[1]);
    expect(names).toEqual(['default', 'third']);
  });
});
