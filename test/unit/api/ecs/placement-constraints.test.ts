import {
  ClientException,
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  InvalidParameterException,
  ListContainerInstancesCommand,
  ListTasksCommand,
  type PlacementConstraint,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StartTaskCommand,
  type TaskDefinitionPlacementConstraint,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { placeTasks } from '#control/placement/place-tasks.ts';
import { reconcileService } from '#control/services/reconcile-service.ts';
import { addInstance } from '#test/support/ecs-instance.ts';
import { type EcsHarness, openEcs } from '#test/support/ecs-request.ts';

const SSD = '1'.repeat(32);
const HDD = '2'.repeat(32);
const arn = (id: string): string => `arn:aws:ecs:eu-west-1:123456789012:container-instance/default/${id}`;
const memberOf = (expression: string) => ({ type: 'memberOf' as const, expression });

async function openWithDisks(): Promise<EcsHarness> {
  const ecs = openEcs();
  await ecs.client.send(new CreateClusterCommand({}));
  await addInstance(ecs, SSD, { disk: 'ssd' });
  await addInstance(ecs, HDD, { disk: 'hdd' });
  await register(ecs, 'web');
  return ecs;
}

const register = ({ client }: EcsHarness, family: string, constraints: TaskDefinitionPlacementConstraint[] = []) =>
  client.send(
    new RegisterTaskDefinitionCommand({
      family,
      placementConstraints: constraints,
      containerDefinitions: [{ name: 'app', image: 'nginx', cpu: 128, memory: 64 }],
    }),
  );

const run = ({ client }: EcsHarness, placementConstraints: PlacementConstraint[], taskDefinition = 'web') =>
  client.send(new RunTaskCommand({ taskDefinition, placementConstraints }));

test('RunTask with memberOf, goes to an instance the expression selects', async () => {
  const ecs = await openWithDisks();
  const { tasks } = await run(ecs, [memberOf('attribute:disk =~ h.*')]);
  expect(tasks).toMatchObject([{ containerInstanceArn: arn(HDD), lastStatus: 'PENDING' }]);
});

test('RunTask with memberOf that no instance satisfies, waits and says ATTRIBUTE', async () => {
  const ecs = await openWithDisks();
  const { tasks } = await run(ecs, [memberOf('attribute:disk == tape')]);
  expect(tasks?.[0]?.lastStatus).toBe('PROVISIONING');
  expect(tasks?.[0]?.containers?.[0]?.reason).toContain('ATTRIBUTE on 2 of 2');
});

test('RunTask, of a definition with constraints, obeys those as well', async () => {
  const ecs = await openWithDisks();
  const { taskDefinition } = await register(ecs, 'db', [memberOf('attribute:disk == ssd')]);
  expect(taskDefinition?.placementConstraints).toEqual([memberOf('attribute:disk == ssd')]);
  expect((await run(ecs, [], 'db')).tasks).toMatchObject([{ containerInstanceArn: arn(SSD) }]);
  const neither = await run(ecs, [memberOf('attribute:disk == hdd')], 'db');
  expect(neither.tasks?.[0]?.lastStatus).toBe('PROVISIONING');
});

test('StartTask, on an instance the definition rules out, fails with ATTRIBUTE', async () => {
  const ecs = await openWithDisks();
  await register(ecs, 'db', [memberOf('attribute:disk == ssd')]);
  const { tasks, failures } = await ecs.client.send(
    new StartTaskCommand({ taskDefinition: 'db', containerInstances: [SSD, HDD] }),
  );
  expect(tasks).toMatchObject([{ containerInstanceArn: arn(SSD) }]);
  expect(failures).toEqual([{ arn: arn(HDD), reason: 'ATTRIBUTE' }]);
});

test('RunTask, with a constraint that cannot be, is refused and says why', async () => {
  const ecs = await openWithDisks();
  const refused = async (constraint: PlacementConstraint, message: string) => {
    const running = run(ecs, [constraint]);
    await expect(running).rejects.toBeInstanceOf(InvalidParameterException);
    await expect(running).rejects.toThrow(message);
  };
  await refused(memberOf('attribute:disk = ssd'), "expected a word or an operator at character 16, found '='");
  await refused(memberOf('attribute:disk =~ (?=s)'), 'expected a regular expression at character 19');
  await refused(memberOf(''), 'requires an expression');
  await refused(memberOf(`attribute:disk == ${'x'.repeat(2000)}`), 'at most 2000 characters');
  await refused({ type: 'distinctInstance', expression: 'x' }, 'distinctInstance expression should not be specified.');
});

test('RunTask, with more than ten constraints including those of the definition, is refused', async () => {
  const ecs = await openWithDisks();
  await register(ecs, 'db', [memberOf('attribute:disk exists')]);
  const ten = Array.from({ length: 10 }, () => memberOf('attribute:disk == ssd'));
  await expect(run(ecs, ten, 'db')).rejects.toThrow('at most 10 placement constraints');
});

test('RunTask on Fargate, with placement, is refused', async () => {
  const { client } = await openWithDisks();
  const fargate = { taskDefinition: 'web', launchType: 'FARGATE' } as const;
  await expect(
    client.send(new RunTaskCommand({ ...fargate, placementConstraints: [{ type: 'distinctInstance' }] })),
  ).rejects.toThrow('Placement constraints are not supported with FARGATE launch type.');
  await expect(
    client.send(new RunTaskCommand({ ...fargate, placementStrategy: [{ type: 'random' }] })),
  ).rejects.toThrow('Placement strategies are not supported with FARGATE launch type.');
});

test('RegisterTaskDefinition, with a constraint that cannot be, is refused and says why', async () => {
  const ecs = await openWithDisks();
  const bad = register(ecs, 'db', [memberOf('disk == ssd')]);
  await expect(bad).rejects.toBeInstanceOf(ClientException);
  await expect(bad).rejects.toThrow("at character 1, found 'disk'");
  const distinct = [{ type: 'distinctInstance' }] as unknown as TaskDefinitionPlacementConstraint[];
  await expect(register(ecs, 'db', distinct)).rejects.toThrow("constraint.type 'distinctInstance' is not supported.");
});

test('CreateService and UpdateService, take expressions and show them; a bad one changes nothing', async () => {
  const { client } = await openWithDisks();
  const service = { serviceName: 'web', taskDefinition: 'web', desiredCount: 1 };
  const bad = { placementConstraints: [memberOf('attribute:disk')] };
  await expect(client.send(new CreateServiceCommand({ ...service, ...bad }))).rejects.toThrow('expected an operator');
  const created = await client.send(
    new CreateServiceCommand({ ...service, placementConstraints: [memberOf('attribute:disk == ssd')] }),
  );
  expect(created.service?.placementConstraints).toEqual([memberOf('attribute:disk == ssd')]);
  await expect(client.send(new UpdateServiceCommand({ service: 'web', ...bad }))).rejects.toThrow('an operator');
  const update = { service: 'web', placementConstraints: [memberOf('task:group == service:db')] };
  await client.send(new UpdateServiceCommand(update));
  const { services } = await client.send(new DescribeServicesCommand({ services: ['web'] }));
  expect(services?.[0]?.placementConstraints).toEqual(update.placementConstraints);
});

test('a service, of a definition with constraints, obeys those and its own', async () => {
  const ecs = await openWithDisks();
  await addInstance(ecs, '3'.repeat(32), { disk: 'ssd', rack: '1' });
  await register(ecs, 'db', [memberOf('attribute:disk == ssd')]);
  await ecs.client.send(
    new CreateServiceCommand({
      serviceName: 'db',
      taskDefinition: 'db',
      desiredCount: 2,
      placementConstraints: [memberOf('attribute:rack exists')],
    }),
  );
  await reconcileService(ecs.deps, 'default', 'db');
  await placeTasks(ecs.deps, 'default');
  const { taskArns = [] } = await ecs.client.send(new ListTasksCommand({ serviceName: 'db' }));
  const { tasks = [] } = await ecs.client.send(new DescribeTasksCommand({ tasks: taskArns }));
  const where = tasks.map(({ containerInstanceArn }) => containerInstanceArn);
  expect(where).toEqual([arn('3'.repeat(32)), arn('3'.repeat(32))]);
});

test('ListContainerInstances with a filter, lists what the expression selects, page by page', async () => {
  const ecs = await openWithDisks();
  const list = async (filter: string): Promise<readonly string[]> => {
    const found: string[] = [];
    let nextToken: string | undefined;
    do {
      const page: { containerInstanceArns?: string[] | undefined; nextToken?: string | undefined } =
        await ecs.client.send(new ListContainerInstancesCommand({ filter, maxResults: 1, nextToken }));
      found.push(...(page.containerInstanceArns ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return found.sort();
  };
  expect(await list('attribute:disk == ssd')).toEqual([arn(SSD)]);
  expect(await list('attribute:disk exists')).toEqual([arn(SSD), arn(HDD)]);
  expect(await list('agentConnected == true and agentVersion == 1.0.0')).toEqual([arn(SSD), arn(HDD)]);
  expect(await list('registeredAt > 2100-01-01')).toEqual([]);
  await run(ecs, [memberOf('attribute:disk == ssd')]);
  expect(await list('task:group == family:web')).toEqual([arn(SSD)]);
  expect(await list('not(task:group == family:web)')).toEqual([arn(HDD)]);
  expect(await list('runningTasksCount == 0')).toEqual([arn(SSD), arn(HDD)]);
  ecs.clock.advance(ecs.deps.timings.lease + 1);
  expect(await list('agentConnected == true')).toEqual([]);
  await expect(list('disk')).rejects.toBeInstanceOf(InvalidParameterException);
});
