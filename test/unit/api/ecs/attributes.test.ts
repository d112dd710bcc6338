import {
  type Attribute,
  AttributeLimitExceededException,
  ClusterNotFoundException,
  CreateClusterCommand,
  DeleteAttributesCommand,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  InvalidParameterException,
  ListAttributesCommand,
  type ListAttributesCommandInput,
  type ListAttributesCommandOutput,
  PutAttributesCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  TargetNotFoundException,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { createJoinToken } from '#control/instances/join-tokens.ts';
import { registerAgent } from '#control/instances/register-agent.ts';
import { placeTasks } from '#control/placement/place-tasks.ts';
import { AGENT_PROTOCOL } from '#events/agent-wire.ts';
import { addInstance } from '#test/support/ecs-instance.ts';
import { type EcsHarness, openEcs } from '#test/support/ecs-request.ts';

const FIRST = '1'.repeat(32);
const SECOND = '2'.repeat(32);
const GONE = '3'.repeat(32);
const arn = (id: string): string => `arn:aws:ecs:eu-west-1:123456789012:container-instance/default/${id}`;
const OS = { 'ecs.os-type': 'linux' };

async function openWithInstances(): Promise<EcsHarness> {
  const ecs = openEcs();
  await ecs.client.send(new CreateClusterCommand({}));
  for (const id of [FIRST, SECOND]) await addInstance(ecs, id, OS);
  return ecs;
}

const put = ({ client }: EcsHarness, ...attributes: Attribute[]) =>
  client.send(new PutAttributesCommand({ attributes }));
const remove = ({ client }: EcsHarness, ...attributes: Attribute[]) =>
  client.send(new DeleteAttributesCommand({ attributes }));
const list = ({ client }: EcsHarness, input: Partial<ListAttributesCommandInput> = {}) =>
  client.send(new ListAttributesCommand({ targetType: 'container-instance', ...input }));

async function shown({ client }: EcsHarness, id: string): Promise<unknown> {
  const { containerInstances } = await client.send(new DescribeContainerInstancesCommand({ containerInstances: [id] }));
  return containerInstances?.[0]?.attributes;
}

describe('PutAttributes', () => {
  test('on two instances, answers with what was put, and both show it', async () => {
    const ecs = await openWithInstances();
    const { attributes } = await put(
      ecs,
      { name: 'stack', value: 'production', targetId: FIRST },
      { name: 'fast', targetType: 'container-instance', targetId: arn(SECOND) },
    );
    expect(attributes).toEqual([
      { name: 'stack', value: 'production', targetId: arn(FIRST) },
      { name: 'fast', targetId: arn(SECOND) },
    ]);
    expect(await shown(ecs, FIRST)).toEqual([
      { name: 'ecs.os-type', value: 'linux' },
      { name: 'stack', value: 'production' },
    ]);
    expect(await shown(ecs, SECOND)).toEqual([{ name: 'ecs.os-type', value: 'linux' }, { name: 'fast' }]);
  });

  test('again, replaces the value; the same once more writes nothing', async () => {
    const ecs = await openWithInstances();
    const version = async () => {
      const asked = new DescribeContainerInstancesCommand({ containerInstances: [FIRST] });
      return (await ecs.client.send(asked)).containerInstances?.[0]?.version;
    };
    await put(ecs, { name: 'stack', value: 'blue', targetId: FIRST });
    await put(ecs, { name: 'stack', value: 'green', targetId: FIRST });
    expect(await version()).toBe(3);
    await put(ecs, { name: 'stack', value: 'green', targetId: FIRST });
    expect(await version()).toBe(3);
    expect(await shown(ecs, FIRST)).toContainEqual({ name: 'stack', value: 'green' });
  });

  test('an eleventh custom attribute, is refused and nothing of the call is kept', async () => {
    const ecs = await openWithInstances();
    const ten = Array.from({ length: 10 }, (_, at) => ({ name: `a${at}`, value: 'x', targetId: FIRST }));
    await put(ecs, ...ten);
    const more = put(ecs, { name: 'b', targetId: SECOND }, { name: 'b', targetId: FIRST });
    await expect(more).rejects.toBeInstanceOf(AttributeLimitExceededException);
    expect(await shown(ecs, SECOND)).toEqual([{ name: 'ecs.os-type', value: 'linux' }]);
    await put(ecs, { name: 'a0', value: 'y', targetId: FIRST });
    await remove(ecs, { name: 'a0', targetId: FIRST });
    await put(ecs, { name: 'b', targetId: FIRST });
    expect(await shown(ecs, FIRST)).toHaveLength(11);
  });

  test.each([
    [{ name: 'ecs.os-type', value: 'plan9' }, 'is built in'],
    [{ name: 'berth.runtime', value: 'x' }, 'is built in'],
    [{ name: 'a b', value: 'x' }, 'The name of an attribute has 1 to 128'],
    [{ name: 'x'.repeat(129), value: 'x' }, 'The name of an attribute has 1 to 128'],
    [{ name: '__proto__', value: 'x' }, 'The name of an attribute has 1 to 128'],
    [{ name: 'a', value: ' x' }, 'The value of attribute a has at most 128'],
    [{ name: 'a', value: 'x'.repeat(129) }, 'The value of attribute a has at most 128'],
    [{ name: 'a', value: 'é' }, 'The value of attribute a has at most 128'],
    [{ name: 'a', value: 'x', targetType: 'task' as 'container-instance' }, 'must be one of: container-instance'],
  ])('%o, is refused', async (attribute, message) => {
    const ecs = await openWithInstances();
    const putting = put(ecs, { ...attribute, targetId: FIRST });
    await expect(putting).rejects.toBeInstanceOf(InvalidParameterException);
    await expect(putting).rejects.toThrow(message);
  });

  test('on what is not there, says which part is missing', async () => {
    const ecs = await openWithInstances();
    await expect(put(ecs, { name: 'a', targetId: GONE })).rejects.toBeInstanceOf(TargetNotFoundException);
    await expect(put(ecs, { name: 'a' })).rejects.toBeInstanceOf(InvalidParameterException);
    await expect(put(ecs)).rejects.toBeInstanceOf(InvalidParameterException);
    const elsewhere = new PutAttributesCommand({ cluster: 'none', attributes: [{ name: 'a', targetId: FIRST }] });
    await expect(ecs.client.send(elsewhere)).rejects.toBeInstanceOf(ClusterNotFoundException);
  });

  test('of what a task waits for, lets it be placed', async () => {
    const ecs = await openWithInstances();
    const containerDefinitions = [{ name: 'app', image: 'nginx', memory: 64 }];
    await ecs.client.send(new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions }));
    const placementConstraints = [{ type: 'memberOf', expression: 'attribute:disk == ssd' } as const];
    const { tasks } = await ecs.client.send(new RunTaskCommand({ taskDefinition: 'web', placementConstraints }));
    await put(ecs, { name: 'disk', value: 'ssd', targetId: SECOND });
    await placeTasks(ecs.deps, 'default');
    const described = await ecs.client.send(new DescribeTasksCommand({ tasks: [tasks?.[0]?.taskArn ?? ''] }));
    expect(described.tasks).toMatchObject([{ containerInstanceArn: arn(SECOND) }]);
  });

  test('spread over an attribute, follows what was put', async () => {
    const ecs = await openWithInstances();
    await addInstance(ecs, GONE, OS);
    const rack = (id: string, value: string) => ({ name: 'rack', value, targetId: id });
    await put(ecs, rack(FIRST, 'a'), rack(SECOND, 'a'), rack(GONE, 'b'));
    const containerDefinitions = [{ name: 'app', image: 'nginx', memory: 64 }];
    await ecs.client.send(new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions }));
    const placementStrategy = [{ type: 'spread', field: 'attribute:rack' } as const];
    const { tasks } = await ecs.client.send(new RunTaskCommand({ taskDefinition: 'web', count: 4, placementStrategy }));
    const onThird = tasks?.filter(({ containerInstanceArn }) => containerInstanceArn === arn(GONE));
    expect(onThird).toHaveLength(2);
  });

  test('an agent that registers again, keeps what was put and brings what is its own', async () => {
    const ecs = await openWithInstances();
    const { token } = await createJoinToken(ecs.deps, 'default');
    const request = {
      protocol: AGENT_PROTOCOL,
      cluster: 'default',
      publicKey: 'key-a',
      hostname: 'a',
      runtime: 'simulated',
      agentVersion: '0.0.0',
      total: { cpu: 1024, memory: 1024 },
      attributes: { 'ecs.os-type': 'linux', rack: '1' },
    } as const;
    const { instanceId, agentEpoch } = await registerAgent(ecs.deps, { ...request, joinToken: token });
    await put(
      ecs,
      { name: 'rack', value: '2', targetId: instanceId },
      { name: 'disk', value: 'ssd', targetId: instanceId },
    );
    await remove(ecs, { name: 'disk', targetId: instanceId });
    await put(ecs, { name: 'stack', value: 'blue', targetId: instanceId });
    await registerAgent(ecs.deps, {
      ...request,
      instanceId,
      agentEpoch,
      attributes: { ...request.attributes, row: '9' },
    });
    expect(await shown(ecs, instanceId)).toEqual([
      { name: 'ecs.os-type', value: 'linux' },
      { name: 'rack', value: '2' },
      { name: 'row', value: '9' },
      { name: 'stack', value: 'blue' },
    ]);
  });
});

describe('DeleteAttributes', () => {
  test('of some that are there and one that is not, takes them away', async () => {
    const ecs = await openWithInstances();
    await put(ecs, { name: 'a', value: '1', targetId: FIRST }, { name: 'b', value: '2', targetId: FIRST });
    const { attributes } = await remove(ecs, { name: 'a', targetId: FIRST }, { name: 'none', targetId: FIRST });
    expect(attributes).toEqual([
      { name: 'a', targetId: arn(FIRST) },
      { name: 'none', targetId: arn(FIRST) },
    ]);
    expect(await shown(ecs, FIRST)).toEqual([
      { name: 'ecs.os-type', value: 'linux' },
      { name: 'b', value: '2' },
    ]);
  });

  test('of what is built in or on what is not there, is refused', async () => {
    const ecs = await openWithInstances();
    await expect(remove(ecs, { name: 'ecs.os-type', targetId: FIRST })).rejects.toThrow('is built in');
    await expect(remove(ecs, { name: 'a', targetId: GONE })).rejects.toBeInstanceOf(TargetNotFoundException);
  });
});

describe('ListAttributes', () => {
  test('by name and by value, lists what matches', async () => {
    const ecs = await openWithInstances();
    await put(ecs, { name: 'a', value: '1', targetId: FIRST }, { name: 'a', value: '2', targetId: SECOND });
    const all = await list(ecs);
    expect(all.attributes).toHaveLength(4);
    const named = await list(ecs, { attributeName: 'a' });
    expect(named.attributes).toEqual(
      expect.arrayContaining([
        { name: 'a', value: '1', targetId: arn(FIRST) },
        { name: 'a', value: '2', targetId: arn(SECOND) },
      ]),
    );
    const valued = await list(ecs, { attributeName: 'a', attributeValue: '2' });
    expect(valued.attributes).toEqual([{ name: 'a', value: '2', targetId: arn(SECOND) }]);
    expect((await list(ecs, { attributeName: 'b' })).attributes).toEqual([]);
  });

  test('page by page, lists each attribute once', async () => {
    const ecs = await openWithInstances();
    const names = ['a', 'b/c', 'd.e'];
    await put(ecs, ...names.flatMap((name) => [FIRST, SECOND].map((targetId) => ({ name, value: name, targetId }))));
    const found: unknown[] = [];
    let nextToken: string | undefined;
    do {
      const page: ListAttributesCommandOutput = await list(ecs, { maxResults: 3, nextToken });
      expect(page.attributes?.length).toBeLessThanOrEqual(3);
      found.push(...(page.attributes ?? []).map(({ name, targetId }) => `${targetId} ${name}`));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    const wanted = [FIRST, SECOND].flatMap((id) => ['ecs.os-type', ...names].map((name) => `${arn(id)} ${name}`));
    expect(found.toSorted()).toEqual(wanted.toSorted());
  });

  test('a value without a name, is refused', async () => {
    const ecs = await openWithInstances();
    await expect(list(ecs, { attributeValue: 'x' })).rejects.toBeInstanceOf(InvalidParameterException);
  });
});
