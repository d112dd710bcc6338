import { CreateServiceCommand, ListClustersCommand, RunTaskCommand } from '@aws-sdk/client-ecs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OPERATIONS } from '#api/ecs/operations.ts';
import { registerMain } from '#test/support/e2e-ecs.ts';
import { type RawRequest, sendRaw } from '#test/support/e2e-raw-request.ts';
import { dumpStore, settledStore } from '#test/support/e2e-store-dump.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';

const MIB = 1024 * 1024;
const MINUTE_MS = 60_000;
const ARN = 'arn:aws:ecs:us-east-1:000000000000';
const TASK_ID = 'a'.repeat(32);

describe('bad input over HTTP', () => {
  let stack: RunningStack;
  let before: readonly string[];

  beforeAll(async () => {
    // Without agents nothing beats, so whatever is written is written by a request.
    stack = await startStack({ args: ['--runtime', 'simulated', '--agents', '0'] });
    const { ecs } = stack;
    await registerMain(ecs, 'web');
    await ecs.send(new CreateServiceCommand({ serviceName: 'web', taskDefinition: 'web', desiredCount: 1 }));
    await ecs.send(new RunTaskCommand({ taskDefinition: 'web' }));
    await settledStore(stack.dataDir);
  });

  beforeEach(() => {
    before = dumpStore(stack.dataDir);
  });

  afterEach(() => {
    expect(dumpStore(stack.dataDir), 'nothing was written').toEqual(before);
  });

  const send = (operation: string, input: unknown, change: Partial<RawRequest> = {}) =>
    sendRaw(stack, { operation, body: typeof input === 'string' ? input : JSON.stringify(input), ...change });
  const refusal = async (operation: string, input: unknown, change?: Partial<RawRequest>) => {
    const { status, type } = await send(operation, input, change);
    return `${status} ${type}`;
  };

  it.each([
    ['half an object', '{"clusterName":'],
    ['no JSON', 'clusterName=a'],
    ['a list', '[]'],
    ['null', 'null'],
    ['text', '"a"'],
    ['two documents', '{}{}'],
    ['a NUL byte', '\u0000'],
    ['lists nested without end', '['.repeat(100_000)],
    ['objects nested without end', '{"a":'.repeat(100_000)],
    ['a number of the wrong type', { clusterName: 7 }],
    ['an object of the wrong type', { tags: {} }],
    ['a list of the wrong type', { clusterName: ['a'] }],
  ])('%s for a body, is a SerializationException', async (_what, body) => {
    expect(await refusal('CreateCluster', body)).toBe('400 SerializationException');
  });

  it.each([
    ['RunTask', { taskDefinition: 'web', count: 1.5 }, 'SerializationException'],
    ['RunTask', { taskDefinition: 'web', count: '1' }, 'SerializationException'],
    ['RunTask', { taskDefinition: 'web', count: 1e99 }, 'SerializationException'],
    ['RunTask', { taskDefinition: 'web', count: -1 }, 'InvalidParameterException'],
    ['RunTask', { taskDefinition: 'web', count: 0 }, 'InvalidParameterException'],
    ['RunTask', { taskDefinition: 'web', count: 11 }, 'InvalidParameterException'],
    ['RunTask', {}, 'InvalidParameterException'],
    ['RunTask', { taskDefinition: 'web', coun: 1 }, 'InvalidParameterException'],
    ['RunTask', { taskDefinition: '../web' }, 'InvalidParameterException'],
    ['RunTask', { taskDefinition: 'web', cluster: 'a#b' }, 'InvalidParameterException'],
    ['RunTask', { taskDefinition: 'absent' }, 'ClientException'],
    ['RunTask', { taskDefinition: 'web', cluster: 'absent' }, 'ClusterNotFoundException'],
    ['RunTask', { taskDefinition: 'web', launchType: 'MOON' }, 'InvalidParameterException'],
    ['CreateService', { serviceName: 'new', taskDefinition: 'web', desiredCount: -3 }, 'InvalidParameterException'],
    ['CreateService', { serviceName: 'new', taskDefinition: 'web', desiredCount: 0.5 }, 'SerializationException'],
    ['CreateService', { serviceName: 'new', taskDefinition: 'web' }, 'InvalidParameterException'],
    ['CreateService', { taskDefinition: 'web', desiredCount: 1 }, 'InvalidParameterException'],
    ['CreateService', { serviceName: 'new', desiredCount: 1 }, 'InvalidParameterException'],
    ['CreateService', { serviceName: 'web', taskDefinition: 'web', desiredCount: 2 }, 'InvalidParameterException'],
    ['UpdateService', { service: 'web', desiredCount: 5001 }, 'InvalidParameterException'],
    ['UpdateService', { service: 'absent', desiredCount: 1 }, 'ServiceNotFoundException'],
    ['UpdateService', { service: 'web', taskDefinition: 'web:99' }, 'ClientException'],
    ['UpdateService', { service: 'web', deploymentConfiguration: { maximumPercent: 50 } }, 'InvalidParameterException'],
    ['DeleteService', { service: 'web' }, 'InvalidParameterException'],
    ['DeleteCluster', { cluster: 'default' }, 'ClusterContainsServicesException'],
    ['CreateCluster', { clusterName: 'new', capacityProviders: ['absent'] }, 'InvalidParameterException'],
    ['CreateCluster', { clusterName: 'default', capacityProviders: ['FARGATE'] }, 'InvalidParameterException'],
    ['UpdateCluster', { cluster: 'absent' }, 'ClusterNotFoundException'],
    ['UpdateClusterSettings', { cluster: 'default', settings: [] }, 'InvalidParameterException'],
    ['PutClusterCapacityProviders', { cluster: 'default', capacityProviders: ['a'] }, 'InvalidParameterException'],
    ['CreateCapacityProvider', { name: 'ecs-a' }, 'InvalidParameterException'],
    ['UpdateCapacityProvider', { name: 'absent', autoScalingGroupProvider: {} }, 'ClientException'],
    ['DeleteCapacityProvider', { capacityProvider: 'FARGATE' }, 'InvalidParameterException'],
    ['DescribeCapacityProviders', { nextToken: 'bm90IGEgdG9rZW4' }, 'InvalidParameterException'],
    ['DeregisterContainerInstance', { containerInstance: TASK_ID, force: true }, 'InvalidParameterException'],
    ['UpdateContainerAgent', { containerInstance: TASK_ID }, 'UnsupportedFeatureException'],
    ['PutAccountSetting', { name: 'containerInsights', value: 'loud' }, 'InvalidParameterException'],
    ['PutAccountSettingDefault', { name: 'colour', value: 'red' }, 'InvalidParameterException'],
    ['DeleteAccountSetting', { name: 'containerInsights', principalArn: 'me' }, 'InvalidParameterException'],
    ['RegisterTaskDefinition', { family: 'a b', containerDefinitions: [] }, 'InvalidParameterException'],
    ['RegisterTaskDefinition', { family: 'a', containerDefinitions: [] }, 'ClientException'],
    ['RegisterTaskDefinition', { family: 'a', containerDefinitions: [{ name: 'a', memory: 64 }] }, 'ClientException'],
    ['DescribeTasks', { tasks: ['no-task'] }, 'InvalidParameterException'],
    ['DescribeTasks', { tasks: [`${ARN}:service/default/web`] }, 'InvalidParameterException'],
    ['DescribeTasks', { tasks: [`arn:aws:ecs:us-east-1:1:task/default/${TASK_ID}`] }, 'InvalidParameterException'],
    ['DescribeTasks', { tasks: [`arn:aws:ecs:eu-west-1:000000000000:task/a/${TASK_ID}`] }, 'InvalidParameterException'],
    ['DescribeTasks', { tasks: Array.from({ length: 101 }, () => TASK_ID) }, 'InvalidParameterException'],
    ['StopTask', { task: TASK_ID }, 'InvalidParameterException'],
    ['StopTask', { task: 'arn:' }, 'InvalidParameterException'],
    ['ListTasks', { maxResults: 0 }, 'InvalidParameterException'],
    ['ListTasks', { nextToken: 'bm90IGEgdG9rZW4' }, 'InvalidParameterException'],
    ['TagResource', { resourceArn: 'arn:aws:s3:::bucket', tags: [] }, 'InvalidParameterException'],
    ['TagResource', { resourceArn: `${ARN}:cluster/absent`, tags: [{ key: 'a' }] }, 'ResourceNotFoundException'],
    ['TagResource', { resourceArn: `${ARN}:cluster/default`, tags: [{ key: 'aws:a' }] }, 'InvalidParameterException'],
  ])('%s %j, is a %s', async (operation, input, type) => {
    expect(await refusal(operation, input)).toBe(`400 ${type}`);
  });

  it('the names of JavaScript itself, are unknown parameters and change no object', async () => {
    for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
      expect(await refusal('CreateCluster', `{"${name}":{"clusterName":"evil"}}`)).toBe(
        '400 InvalidParameterException',
      );
      expect(await refusal('CreateCluster', `{"tags":[{"${name}":1}]}`)).toBe('400 InvalidParameterException');
    }
    expect((await stack.ecs.send(new ListClustersCommand({}))).clusterArns).toHaveLength(1);
  });

  it.each([
    ['no JSON', 'x'.repeat(MIB), '400 SerializationException'],
    ['a name', JSON.stringify({ clusterName: 'x'.repeat(MIB - 20) }), '400 InvalidParameterException'],
    ['a name', JSON.stringify({ clusterName: 'x'.repeat(MIB) }), '413 RequestEntityTooLargeException'],
  ])('one mebibyte of %s, is refused for what it is', async (_what, body, expected) => {
    expect(await refusal('CreateCluster', body)).toBe(expected);
  });

  it('two mebibytes and more, are refused in a way that the client gets to read', async () => {
    for (const size of [2 * MIB, 20 * MIB]) {
      expect((await send('CreateCluster', 'x'.repeat(size))).status).toBe(413);
    }
  });

  it('a request that is not signed as it should be, is refused before its body is looked at', async () => {
    const without =
      (name: string): NonNullable<RawRequest['tamper']> =>
      (signed) => ({
        ...signed,
        headers: Object.fromEntries(Object.entries(signed.headers).filter(([header]) => header !== name)),
      });
    const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS);
    for (const [change, type] of [
      [{ tamper: without('authorization') }, 'MissingAuthenticationTokenException'],
      [{ tamper: without('x-amz-date') }, 'IncompleteSignatureException'],
      [{ accessKeyId: 'AKIAUNKNOWN' }, 'UnrecognizedClientException'],
      [{ secretAccessKey: 'wrong' }, 'InvalidSignatureException'],
      [{ tamper: (signed) => ({ ...signed, body: '{"clusterName":"worse"}' }) }, 'InvalidSignatureException'],
      [{ tamper: (signed) => ({ ...signed, path: '/?a=b' }) }, 'InvalidSignatureException'],
      [
        { tamper: (signed) => ({ ...signed, headers: { ...signed.headers, 'x-amz-more': '1' } }) },
        'InvalidSignatureException',
      ],
      [{ signedAt: ago(10) }, 'InvalidSignatureException'],
      [{ signedAt: ago(-10) }, 'InvalidSignatureException'],
      [{ signedAt: ago(2 * 24 * 60) }, 'InvalidSignatureException'],
      [{ region: 'eu-west-1' }, 'InvalidSignatureException'],
      [{ service: 's3' }, 'InvalidSignatureException'],
    ] as const satisfies readonly (readonly [Partial<RawRequest>, string])[]) {
      expect(await refusal('CreateCluster', '{', change)).toBe(`403 ${type}`);
      expect(await refusal('CreateCluster', { clusterName: 'evil' }, change)).toBe(`403 ${type}`);
    }
  });

  it('a target that names no operation, is an UnknownOperationException', async () => {
    for (const target of ['', 'CreateCluster', 'Other.CreateCluster', 'AmazonEC2ContainerServiceV20141113.Fly']) {
      expect(await refusal('', { clusterName: 'evil' }, { target })).toBe('400 UnknownOperationException');
    }
    const other = (method: string, path: string) =>
      send('CreateCluster', { clusterName: 'evil' }, { tamper: (signed) => ({ ...signed, method, path }) });
    expect((await other('PUT', '/')).status).toBe(404);
    expect((await other('POST', '/other')).status).toBe(404);
  });

  it.each([...OPERATIONS.keys()])('%s with nonsense, never answers 5xx', async (operation) => {
    for (const input of [
      { a: 1 },
      { cluster: {} },
      { cluster: '\ud800' },
      { service: -1 },
      { tasks: 'all' },
      { tags: [null] },
    ]) {
      const answer = await send(operation, input);
      expect({ input, ...answer, isClientError: answer.status >= 400 && answer.status < 500 }).toMatchObject({
        isClientError: true,
        type: expect.stringMatching(/Exception$/),
      });
    }
  });
});
