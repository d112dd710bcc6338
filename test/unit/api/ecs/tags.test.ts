import {
  ClusterNotFoundException,
  CreateCapacityProviderCommand,
  CreateClusterCommand,
  CreateServiceCommand,
  InvalidParameterException,
  ListTagsForResourceCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { unplacedPartition } from '#control/keys.ts';
import { addInstance } from '#test/support/ecs-instance.ts';
import { openEcs } from '#test/support/ecs-request.ts';

const PREFIX = 'arn:aws:ecs:eu-west-1:123456789012';

async function openWithEverything() {
  const ecs = openEcs();
  await ecs.client.send(new CreateClusterCommand({}));
  const containerDefinitions = [{ name: 'app', image: 'nginx', memory: 64 }];
  await ecs.client.send(new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions }));
  await ecs.client.send(new CreateServiceCommand({ serviceName: 'shop', taskDefinition: 'web', desiredCount: 0 }));
  const { tasks } = await ecs.client.send(new RunTaskCommand({ taskDefinition: 'web' }));
  const task = tasks?.[0]?.taskArn ?? '';
  await addInstance(ecs, '1'.repeat(32));
  const instanceArn = `${PREFIX}:container-instance/default/${'1'.repeat(32)}`;
  await ecs.client.send(new UntagResourceCommand({ resourceArn: instanceArn, tagKeys: ['rack'] }));
  const autoScalingGroupProvider = { autoScalingGroupArn: 'metal' };
  await ecs.client.send(new CreateCapacityProviderCommand({ name: 'metal', autoScalingGroupProvider }));
  const arns = [
    instanceArn,
    `${PREFIX}:capacity-provider/metal`,
    `${PREFIX}:cluster/default`,
    `${PREFIX}:task-definition/web:1`,
    `${PREFIX}:service/default/shop`,
    task,
  ];
  const tagsOf = async (resourceArn: string) =>
    (await ecs.client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
  return { ...ecs, arns, task, tagsOf };
}

test('TagResource and UntagResource, on every kind of resource, add, replace and remove', async () => {
  const { client, arns, tagsOf } = await openWithEverything();
  for (const resourceArn of arns) {
    const tag = (tags: { key: string; value: string }[]) => client.send(new TagResourceCommand({ resourceArn, tags }));
    await tag([
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
    ]);
    await tag([{ key: 'a', value: '3' }]);
    expect(await tagsOf(resourceArn)).toEqual([
      { key: 'a', value: '3' },
      { key: 'b', value: '2' },
    ]);
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a', 'never-there'] }));
    expect(await tagsOf(resourceArn)).toEqual([{ key: 'b', value: '2' }]);
  }
});

test('TagResource, on a task that waits for room, leaves it waiting', async () => {
  const { client, deps, task } = await openWithEverything();
  await client.send(new TagResourceCommand({ resourceArn: task, tags: [{ key: 'a', value: '1' }] }));
  const waiting = await deps.store.queryIndex({ pk: unplacedPartition('default') });
  expect(waiting.items).toHaveLength(1);
});

test('TagResource, with reserved, repeated, too long or too many tags, is refused', async () => {
  const { client, tagsOf } = await openWithEverything();
  const resourceArn = `${PREFIX}:cluster/default`;
  const many = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({ key: `k${from + index}`, value: '' }));
  for (const tags of [
    [{ key: 'aws:mine', value: '' }],
    [{ key: 'AWS:mine', value: '' }],
    [
      { key: 'a', value: '' },
      { key: 'a', value: 'b' },
    ],
    [{ key: '', value: '' }],
    [{ key: 'x'.repeat(129), value: '' }],
    [{ key: 'a', value: 'x'.repeat(257) }],
    [{ key: '<script>', value: '' }],
    many(0, 51),
  ]) {
    await expect(client.send(new TagResourceCommand({ resourceArn, tags }))).rejects.toBeInstanceOf(
      InvalidParameterException,
    );
  }
  await client.send(new TagResourceCommand({ resourceArn, tags: many(0, 50) }));
  await expect(client.send(new TagResourceCommand({ resourceArn, tags: many(50, 1) }))).rejects.toBeInstanceOf(
    InvalidParameterException,
  );
  expect(await tagsOf(resourceArn)).toHaveLength(50);
});

test('UntagResource, of tags that ECS itself put there, is refused', async () => {
  const { client, tagsOf } = await openWithEverything();
  const { tasks } = await client.send(new RunTaskCommand({ taskDefinition: 'web', enableECSManagedTags: true }));
  const resourceArn = tasks?.[0]?.taskArn ?? '';
  const managed = [{ key: 'aws:ecs:clusterName', value: 'default' }];
  expect(tasks?.[0]?.tags).toEqual(managed);
  const untag = client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['aws:ecs:clusterName'] }));
  await expect(untag).rejects.toBeInstanceOf(InvalidParameterException);
  const tags = Array.from({ length: 50 }, (_, index) => ({ key: `k${index}`, value: '' }));
  await client.send(new TagResourceCommand({ resourceArn, tags }));
  expect(await tagsOf(resourceArn)).toEqual([...managed, ...tags]);
});

test('every resource that is created with tags, carries them; a task takes those of its definition below its own', async () => {
  const { client } = openEcs();
  const tags = [{ key: 'team', value: 'blue' }];
  const containerDefinitions = [{ name: 'app', image: 'nginx', memory: 64 }];
  const both = [...tags, { key: 'of', value: 'definition' }];
  const autoScalingGroupProvider = { autoScalingGroupArn: 'metal' };
  const { cluster } = await client.send(new CreateClusterCommand({ tags }));
  const registered = await client.send(
    new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions, tags: both }),
  );
  const { service } = await client.send(
    new CreateServiceCommand({ serviceName: 'shop', taskDefinition: 'web', desiredCount: 0, tags }),
  );
  const { capacityProvider } = await client.send(
    new CreateCapacityProviderCommand({ name: 'metal', autoScalingGroupProvider, tags }),
  );
  expect([cluster?.tags, registered.tags, service?.tags, capacityProvider?.tags]).toEqual([tags, both, tags, tags]);
  const { tasks } = await client.send(
    new RunTaskCommand({
      taskDefinition: 'web',
      propagateTags: 'TASK_DEFINITION',
      tags: [{ key: 'team', value: 'red' }],
    }),
  );
  expect(tasks?.[0]?.tags).toEqual([
    { key: 'team', value: 'red' },
    { key: 'of', value: 'definition' },
  ]);
});

test('ListTagsForResource, of what does not exist or carries no tags, is refused', async () => {
  const { tagsOf } = await openWithEverything();
  await expect(tagsOf(`${PREFIX}:cluster/gone`)).rejects.toBeInstanceOf(ClusterNotFoundException);
  for (const arn of [
    `${PREFIX}:service/default/gone`,
    `${PREFIX}:container/default/a/b`,
    `${PREFIX}:task-definition/web`,
    'default',
    `${PREFIX}:cluster/`,
  ]) {
    await expect(tagsOf(arn)).rejects.toBeInstanceOf(InvalidParameterException);
  }
});
