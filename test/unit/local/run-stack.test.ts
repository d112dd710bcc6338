import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { knownAccessKeys } from '#adapters/access-key-file.ts';
import { systemClock } from '#adapters/clock.ts';
import { systemIds } from '#adapters/ids.ts';
import { createNoCapacity } from '#adapters/no-capacity.ts';
import { openSqliteStore, type SqliteStore } from '#adapters/sqlite/state-store.ts';
import { createFleetCache } from '#control/placement/fleet-cache.ts';
import type { Log } from '#control/ports.ts';
import { clusters, read } from '#control/records.ts';
import { timingsAt } from '#core/timings.ts';
import type { FunctionDependencies } from '#functions/lib/function-dependencies.ts';
import type { Backend } from '#local/backend.ts';
import { type HttpServer, startHttpServer } from '#local/http-server.ts';
import { type RunningStack, runStack, seed } from '#local/run-stack.ts';
import type { ServiceFile } from '#local/service-file.ts';
import { createAgentKey, type TestAgent, type TestAgentKey, testAgent } from './test-agent.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const JOIN_TOKEN = 'a-join-token';

const http = (name: string, ...routes: string[]): ServiceFile['functions'][number] => ({
  name,
  module: `functions/${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  timeoutMs: 5_000,
  hasUrl: false,
  events: routes.map((route) => ({ kind: 'http', route })),
});

const service: ServiceFile = {
  functions: [
    http('ecsApi', 'POST /'),
    http('agentApi', 'POST /agent/v1/register'),
    { ...http('agentHeartbeat', 'POST /agent/v1/heartbeat'), hasUrl: true },
    http('agentAuthorizer'),
  ],
  channelRoutes: [
    {
      route: 'GET /agent/v1/channel',
      authorizer: 'agentAuthorizer',
      verdictMs: 30_000,
      waitMs: 5_000,
      maxMessages: 10,
    },
  ],
  resources: {},
};

describe('local stack', () => {
  let store: SqliteStore;
  let deps: FunctionDependencies;
  let running: RunningStack;
  let server: HttpServer;
  let polled: string[];
  let delivering: number;
  let agent: TestAgent;
  let agentKey: TestAgentKey;

  beforeEach(async () => {
    store = openSqliteStore({ path: ':memory:', clock: systemClock });
    polled = [];
    delivering = 0;
    const backend: Backend = {
      store,
      queue: { send: async () => {} },
      channel: { open: async () => {}, ring: async () => {}, close: async () => {} },
      channelAddress: (instanceId) => `channel-of-${instanceId}`,
      receive: async (queueUrl) => {
        polled.push(queueUrl);
        return [{ messageId: 'm', receiptHandle: 'r', body: '{"a":"<&>"}' }];
      },
      deliver: async () => {
        delivering += 1;
        return {
          stop: async () => {
            delivering -= 1;
          },
        };
      },
      reset: async () => store.reset(),
      close: async () => store.close(),
    };
    deps = {
      ...backend,
      scope: { accountId: '000000000000', region: 'us-east-1' },
      capacity: createNoCapacity(),
      accessKeys: knownAccessKeys([], 'page-token-key'),
      fleet: createFleetCache({ maxAgeMs: 0 }),
      clock: systemClock,
      ids: systemIds,
      log,
      timings: timingsAt(),
    };
    const coldStart = async () => {
      await seed(deps, 'default', JOIN_TOKEN);
      return deps;
    };
    running = await runStack({ root: ROOT, service, backend, deps: await coldStart(), coldStart });
    server = await startHttpServer({ port: 0, log, serve: running.serve });
    agentKey = createAgentKey();
    agent = testAgent(`http://127.0.0.1:${server.port}`, agentKey);
  });

  afterEach(async () => {
    await running.stop();
    await server.close();
    store.close();
  });

  const call = (method: string, path: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { method, headers });

  it('health answers, and a route nobody serves is 404', async () => {
    expect((await call('GET', '/_local/health')).status).toBe(200);
    for (const path of ['/nothing', '/agent/v1', '/_local/reset']) expect((await call('GET', path)).status).toBe(404);
  });

  it('an unsigned ECS request, is refused by the very function of serverless.yml', async () => {
    const answer = await call('POST', '/', { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListClusters' });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.headers.get('content-type')).toContain('application/x-amz-json-1.1');
  });

  it('an agent, registers with the join token, beats and waits on its own channel', async () => {
    const { instanceId } = await agent.register(JOIN_TOKEN);
    expect((await agent.heartbeat()).status).toBe(200);
    const answer = await agent.poll();
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<Body>{&quot;a&quot;:&quot;&lt;&amp;&gt;&quot;}</Body>');
    expect(polled).toEqual([`channel-of-${instanceId}`]);
  });

  it('the own address of a function, reaches it with any path, and no other function', async () => {
    await agent.register(JOIN_TOKEN);
    const direct = testAgent(`http://127.0.0.1:${server.port}/_functions/agentHeartbeat`, agentKey, agent.identity());
    expect(await (await direct.heartbeat()).json()).toMatchObject({ agentEpoch: 1 });
    // A registration is no heartbeat, and a heartbeat is all that is served here.
    expect((await direct.tryRegister({ joinToken: JOIN_TOKEN })).status).toBe(401);
    expect((await call('POST', '/_functions/agentApi/agent/v1/register')).status).toBe(404);
  });

  it('a channel without a token or with a stranger’s, is not read', async () => {
    await agent.register(JOIN_TOKEN);
    expect((await call('GET', '/agent/v1/channel')).status).toBe(401);
    const stranger = testAgent(`http://127.0.0.1:${server.port}`, createAgentKey(), agent.identity());
    expect((await stranger.poll()).status).toBe(403);
    expect(polled).toEqual([]);
  });

  it('a wrong join token, is refused with 403 and a wrong body with 400', async () => {
    expect((await agent.tryRegister({ joinToken: 'wrong' })).status).toBe(403);
    expect((await agent.tryRegister({ joinToken: JOIN_TOKEN, total: { cpu: 0, memory: 1 } })).status).toBe(400);
  });

  it('a reset, forgets everything, seeds again, goes on delivering and sends agents to register', async () => {
    await agent.register(JOIN_TOKEN);
    await agent.heartbeat();
    const answers = await Promise.all([call('POST', '/_local/reset'), call('POST', '/_local/reset')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await read(store, clusters, 'default')).toMatchObject({ version: 1 });
    expect(delivering).toBe(1);
    expect((await agent.heartbeat()).status).toBe(410);
    expect((await agent.register(JOIN_TOKEN)).agentEpoch).toBe(1);
  });
});
