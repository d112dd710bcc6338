import { expect, test } from 'vitest';
import type { EcsRequest } from '#api/ecs/ecs-request.ts';
import { CREDENTIALS, type EcsHarness, openEcs } from '#test/support/ecs-request.ts';

const LIST = '{}';
const MINUTE = 60_000;

async function refusal(ecs: EcsHarness, request: EcsRequest): Promise<string> {
  const answer = await ecs.serve(request);
  expect(answer.status).toBe(403);
  expect(ecs.storeCalls()).toBe(0);
  return JSON.parse(answer.body).__type;
}

test('a correctly signed request, is served', async () => {
  const ecs = openEcs();
  const answer = await ecs.serve(await ecs.sign('ListClusters', LIST));
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toEqual({ clusterArns: [] });
  expect(answer.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
});

test('a request without a signature, is refused without a store call', async () => {
  const ecs = openEcs();
  const { headers, ...request } = await ecs.sign('ListClusters', LIST);
  const unsigned = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));
  expect(await refusal(ecs, { ...request, headers: unsigned })).toBe('MissingAuthenticationTokenException');
});

test('an unsigned and unreadable body, is refused before it is parsed', async () => {
  const ecs = openEcs();
  const request = { method: 'POST', path: '/', headers: { host: 'ecs.test' }, body: '{{{' };
  expect(await refusal(ecs, request)).toBe('MissingAuthenticationTokenException');
});

test('a body changed after signing, is refused whether or not the hash header is changed too', async () => {
  const ecs = openEcs();
  const request = await ecs.sign('CreateCluster', '{"clusterName":"good"}');
  const body = '{"clusterName":"evil"}';
  expect(await refusal(ecs, { ...request, body })).toBe('InvalidSignatureException');
  const hash = (await ecs.sign('CreateCluster', body)).headers['x-amz-content-sha256'] ?? '';
  const headers = { ...request.headers, 'x-amz-content-sha256': hash };
  expect(await refusal(ecs, { ...request, headers, body })).toBe('InvalidSignatureException');
});

test('a changed operation, is refused', async () => {
  const ecs = openEcs();
  const request = await ecs.sign('ListClusters', LIST);
  const target = 'AmazonEC2ContainerServiceV20141113.DeleteCluster';
  expect(await refusal(ecs, { ...request, headers: { ...request.headers, 'x-amz-target': target } })).toBe(
    'InvalidSignatureException',
  );
});

test('an operation header outside the signature, is refused', async () => {
  const ecs = openEcs();
  const request = await ecs.sign('ListClusters', LIST);
  const authorization = (request.headers.authorization ?? '').replace(';x-amz-target', '');
  expect(await refusal(ecs, { ...request, headers: { ...request.headers, authorization } })).toBe(
    'InvalidSignatureException',
  );
});

test('a wrong secret, is refused', async () => {
  const ecs = openEcs();
  const credentials = { ...CREDENTIALS, secretAccessKey: 'guessed' };
  expect(await refusal(ecs, await ecs.sign('ListClusters', LIST, { credentials }))).toBe('InvalidSignatureException');
});

test('an unknown access key, is refused', async () => {
  const ecs = openEcs();
  const credentials = { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' };
  expect(await refusal(ecs, await ecs.sign('ListClusters', LIST, { credentials }))).toBe('UnrecognizedClientException');
});

test('a signature older or newer than five minutes, is refused', async () => {
  const ecs = openEcs();
  for (const offset of [-6 * MINUTE, 6 * MINUTE]) {
    const request = await ecs.sign('ListClusters', LIST, { at: ecs.clock.now() + offset });
    expect(await refusal(ecs, request)).toBe('InvalidSignatureException');
  }
  const request = await ecs.sign('ListClusters', LIST, { at: ecs.clock.now() - 4 * MINUTE });
  expect((await ecs.serve(request)).status).toBe(200);
});

test('a signature for another region or service, is refused', async () => {
  const ecs = openEcs();
  for (const options of [{ region: 'us-east-1' }, { service: 'sqs' }]) {
    expect(await refusal(ecs, await ecs.sign('ListClusters', LIST, options))).toBe('InvalidSignatureException');
  }
});

test('a header given twice in different case, is refused', async () => {
  const ecs = openEcs();
  const request = await ecs.sign('ListClusters', LIST);
  const headers = { ...request.headers, 'X-Amz-Target': 'AmazonEC2ContainerServiceV20141113.DeleteCluster' };
  expect(await refusal(ecs, { ...request, headers })).toBe('InvalidSignatureException');
});

test('a garbled authorization header, is refused', async () => {
  const ecs = openEcs();
  const request = await ecs.sign('ListClusters', LIST);
  for (const authorization of ['Bearer x', 'AWS4-HMAC-SHA256 Credential=a/b/c/d/e', 'x'.repeat(100_000)]) {
    expect(await refusal(ecs, { ...request, headers: { ...request.headers, authorization } })).toBe(
      'IncompleteSignatureException',
    );
  }
});

test('a body over one mebibyte, is refused with 413', async () => {
  const ecs = openEcs();
  const answer = await ecs.serve(await ecs.sign('ListClusters', `{"nextToken":"${'é'.repeat(600_000)}"}`));
  expect(answer.status).toBe(413);
  expect(ecs.storeCalls()).toBe(0);
});
