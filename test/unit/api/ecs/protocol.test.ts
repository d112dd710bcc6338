import {
  CreateClusterCommand,
  DescribeServicesCommand,
  InvalidParameterException,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { Fault, type FaultCode } from '#core/fault.ts';
import { type EcsHarness, openEcs } from '#test/support/ecs-request.ts';

async function call(
  ecs: EcsHarness,
  operation: string,
  body: string,
): Promise<{ status: number; type: string; message: string }> {
  const answer = await ecs.serve(await ecs.sign(operation, body));
  const { __type: type = '', message = '' } = JSON.parse(answer.body);
  return { status: answer.status, type, message };
}

test('a body that is not JSON or not an object, is a SerializationException', async () => {
  const ecs = openEcs();
  for (const body of ['{', '[]', '"text"', 'null', '{"clusterName":1}x', '\u0000']) {
    expect(await call(ecs, 'CreateCluster', body)).toMatchObject({ status: 400, type: 'SerializationException' });
  }
});

test('a member of the wrong type, is a SerializationException that names it', async () => {
  const ecs = openEcs();
  const wrong: readonly (readonly [string, unknown, string])[] = [
    ['CreateCluster', { clusterName: 7 }, 'clusterName'],
    ['CreateCluster', { tags: {} }, 'tags'],
    ['CreateCluster', { tags: [7] }, 'tags[0]'],
    ['RunTask', { taskDefinition: 'web', count: '2' }, 'count'],
    ['RunTask', { taskDefinition: 'web', count: 1.5 }, 'count'],
    ['RunTask', { taskDefinition: 'web', count: 1e300 }, 'count'],
    ['RunTask', { taskDefinition: 'web', enableExecuteCommand: 'yes' }, 'enableExecuteCommand'],
    [
      'RunTask',
      { taskDefinition: 'web', overrides: { containerOverrides: [{ cpu: 'many' }] } },
      'containerOverrides[0].cpu',
    ],
    ['RegisterTaskDefinition', { family: 'f', containerDefinitions: [{ dockerLabels: { a: 1 } }] }, 'dockerLabels.a'],
  ];
  for (const [operation, input, member] of wrong) {
    const answer = await call(ecs, operation, JSON.stringify(input));
    expect(answer).toMatchObject({ status: 400, type: 'SerializationException' });
    expect(answer.message).toContain(member);
  }
});

test('an unknown member at any depth, is an InvalidParameterException that names it', async () => {
  const ecs = openEcs();
  for (const [body, member] of [
    ['{"clusterNam":"a"}', 'clusterNam'],
    ['{"__proto__":{"clusterName":"a"}}', '__proto__'],
    ['{"constructor":1}', 'constructor'],
    ['{"tags":[{"key":"a","valu":"b"}]}', 'tags[0].valu'],
  ] as const) {
    const answer = await call(ecs, 'CreateCluster', body);
    expect(answer).toMatchObject({ status: 400, type: 'InvalidParameterException' });
    expect(answer.message).toContain(member);
  }
});

test('nesting without end, is refused at the first unknown level', async () => {
  const ecs = openEcs();
  const body = `{"tags":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
  expect((await call(ecs, 'CreateCluster', body)).status).toBe(400);
});

test('a document nested too deeply, is a SerializationException', async () => {
  const ecs = openEcs();
  const details = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  const body = `{"deploymentConfiguration":{"lifecycleHooks":[{"hookDetails":${details}}]}}`;
  expect(await call(ecs, 'CreateService', body)).toMatchObject({ status: 400, type: 'SerializationException' });
});

test('values out of range, are InvalidParameterExceptions', async () => {
  const ecs = openEcs();
  const wrong: readonly (readonly [string, object])[] = [
    ['RunTask', { taskDefinition: 'web', count: 0 }],
    ['RunTask', { taskDefinition: 'web', count: -5 }],
    ['RunTask', { taskDefinition: 'web', count: 11 }],
    ['RunTask', { taskDefinition: 'web', startedBy: 'x'.repeat(129) }],
    ['RunTask', { taskDefinition: 'web', clientToken: 'x'.repeat(65) }],
    ['RunTask', { taskDefinition: 'web', launchType: 'MOON' }],
    [
      'RunTask',
      { taskDefinition: 'web', launchType: 'FARGATE', capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
    ],
    ['RunTask', { taskDefinition: 'web', overrides: { containerOverrides: [{ name: 'x'.repeat(9000) }] } }],
    ['RunTask', { taskDefinition: 'a b' }],
    ['RunTask', {}],
    ['CreateService', { serviceName: 's', taskDefinition: 'web', desiredCount: -1 }],
    ['CreateService', { serviceName: 's p', taskDefinition: 'web', desiredCount: 1 }],
    [
      'CreateService',
      { serviceName: 's', taskDefinition: 'web', desiredCount: 1, deploymentConfiguration: { maximumPercent: -1 } },
    ],
    ['CreateService', { serviceName: 's', taskDefinition: 'web', desiredCount: 1, clientToken: 'x'.repeat(37) }],
    ['DescribeTasks', { tasks: [] }],
    ['DescribeTasks', { tasks: ['short'] }],
    ['ListClusters', { maxResults: 101 }],
    ['ListClusters', { nextToken: 'guessed' }],
    ['ListTaskDefinitions', { familyPrefix: '\ud800' }],
    ['DescribeClusters', { clusters: ['\ud800'] }],
    ['ListTagsForResource', { resourceArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/\ud800' }],
    ['PutClusterCapacityProviders', { cluster: 'a', capacityProviders: ['\ud800'] }],
    ['RegisterTaskDefinition', { family: 'a', containerDefinitions: [{ dockerLabels: { '\ud800': '' } }] }],
    ['RunTask', { taskDefinition: 'web', platformVersion: 'x'.repeat(70_000) }],
  ];
  for (const [operation, input] of wrong) {
    const answer = await call(ecs, operation, JSON.stringify(input));
    expect({ input, ...answer }).toMatchObject({ status: 400, type: 'InvalidParameterException' });
  }
});

test('ARNs of another account, region, kind or cluster, are InvalidParameterExceptions', async () => {
  const ecs = openEcs();
  const id = 'a'.repeat(32);
  for (const task of [
    `arn:aws:ecs:us-east-1:123456789012:task/default/${id}`,
    `arn:aws:ecs:eu-west-1:999999999999:task/default/${id}`,
    `arn:aws:ecs:eu-west-1:123456789012:service/default/${id}`,
    `arn:aws:ecs:eu-west-1:123456789012:task/other/${id}`,
    'arn:aws:ecs:eu-west-1:123456789012:task/default/a/b',
    'arn:aws:s3:::bucket',
    'arn:',
  ]) {
    const answer = await call(ecs, 'DescribeTasks', JSON.stringify({ tasks: [task] }));
    expect({ task, ...answer }).toMatchObject({ status: 400, type: 'InvalidParameterException' });
  }
});

test('an operation ECS does not have, is unknown; one Berth does not serve, is named', async () => {
  const ecs = openEcs();
  expect(await call(ecs, 'LaunchRocket', '{}')).toMatchObject({ status: 400, type: 'UnknownOperationException' });
  expect(await call(ecs, 'constructor', '{}')).toMatchObject({ status: 400, type: 'UnknownOperationException' });
  const unsupported = await call(ecs, 'CreateDaemon', '{}');
  expect(unsupported).toMatchObject({ status: 400, type: 'UnsupportedFeatureException' });
  expect(unsupported.message).toContain('CreateDaemon');
});

test('the SDK client, receives instances of its own error classes', async () => {
  const { client } = openEcs();
  await expect(client.send(new DescribeServicesCommand({ services: [] }))).rejects.toBeInstanceOf(
    InvalidParameterException,
  );
  await expect(client.send(new RunTaskCommand({ taskDefinition: '' }))).rejects.toBeInstanceOf(
    InvalidParameterException,
  );
  await expect(client.send(new CreateClusterCommand({ clusterName: 'a/b' }))).rejects.toThrow('Invalid Cluster name.');
});

test('a bug, answers a ServerException that says nothing about it', async () => {
  const bug = openEcs({
    store: {
      ...openEcs().deps.store,
      query: () => {
        throw new TypeError('secret detail');
      },
    },
  });
  const failing = bug.client.send(new CreateClusterCommand({ clusterName: 'a' }));
  await expect(failing).resolves.toMatchObject({ cluster: { clusterName: 'a' } });
  const answer = await call(bug, 'ListClusters', '{}');
  expect(answer).toMatchObject({ status: 500, type: 'ServerException' });
  expect(answer.message).not.toContain('secret');
});

test('a store that is down or contended, answers classes that SDKs retry', async () => {
  for (const [code, status, type] of [
    ['Unavailable', 500, 'ServerException'],
    ['Contended', 400, 'ThrottlingException'],
  ] as const satisfies readonly (readonly [FaultCode, number, string])[]) {
    const failing = openEcs();
    const store = { ...failing.deps.store, query: () => Promise.reject(new Fault(code, 'later')) };
    const ecs = openEcs({ store });
    expect(await call(ecs, 'ListClusters', '{}')).toMatchObject({ status, type });
  }
});
