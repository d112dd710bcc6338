import { describe, expect, it } from 'vitest';
import { agentKeyFromJwk, newAgentKey } from '#agent/client/agent-key.ts';
import { httpControlPlane } from '#agent/client/http-control-plane.ts';
import type { HttpAnswer, HttpCall } from '#agent/client/http-exchange.ts';
import { heartbeatRequest, registerRequest } from '#api/agent/requests.ts';
import { bearerToken, bodyMatches, importAgentKey, readClaims, verifyToken } from '#api/agent/token.ts';
import type { HeartbeatRequest, RegisterRequest } from '#events/agent-wire.ts';

const NOW = 1_700_000_000_000;
const BEAT: HeartbeatRequest = { protocol: 1, agentEpoch: 2, seen: 0, synced: true, known: [], reports: [] };
const ANSWER = { agentEpoch: 2, sequence: 1, leaseExpiresInMs: 1, heartbeatMs: 1, acknowledged: [], stop: [] };

const REGISTRATION: RegisterRequest = {
  protocol: 1,
  cluster: 'default',
  joinToken: 'join',
  attempt: 'a',
  publicKey: 'key',
  hostname: 'machine',
  runtime: 'docker',
  agentVersion: '0.1.0',
  total: { cpu: 1, memory: 1 },
  attributes: {},
};

async function aClient(answer: () => HttpAnswer) {
  const calls: HttpCall[] = [];
  let now = NOW;
  const clock = { now: () => now, monotonic: () => now };
  const exchange = async (call: HttpCall): Promise<HttpAnswer> => {
    calls.push(call);
    return answer();
  };
  const key = await newAgentKey();
  const credential = { key, instanceId: 'i-1', cluster: 'default', agentEpoch: 2 };
  const client = httpControlPlane('http://berth.test/base/', exchange, clock);
  const pass = (ms: number): void => {
    now += ms;
  };
  return { client, calls, key, credential, pass };
}

describe('httpControlPlane', () => {
  it('a heartbeat, carries a token that the server accepts for this body alone', async () => {
    const { client, calls, key, credential } = await aClient(() => ({ status: 200, body: JSON.stringify(ANSWER) }));
    expect(await client.heartbeat(BEAT, credential)).toEqual({ kind: 'answered', answer: ANSWER });
    const [call] = calls;
    expect(call?.url.href).toBe('http://berth.test/base/agent/v1/heartbeat');
    const token = bearerToken(call?.headers.authorization);
    await verifyToken(token, await importAgentKey(key.publicKey), NOW);
    const claims = readClaims(token);
    expect(claims).toMatchObject({ instanceId: 'i-1', cluster: 'default', epoch: 2 });
    expect(bodyMatches(claims, call?.body ?? '')).toBe(true);
    expect(bodyMatches(claims, `${call?.body} `)).toBe(false);
    expect(heartbeatRequest.safeParse(JSON.parse(call?.body ?? '')).success).toBe(true);
  });

  it('a registration, passes the schema of the server', async () => {
    const { client, calls, key, credential } = await aClient(() => ({ status: 503, body: '' }));
    const request = { ...REGISTRATION, publicKey: key.publicKey };
    await client.register(request, { ...credential, instanceId: '', agentEpoch: 0 });
    expect(registerRequest.parse(JSON.parse(calls[0]?.body ?? ''))).toEqual(request);
  });

  it('a registration that names where heartbeats go, sends the next ones there, until another names nothing', async () => {
    let heartbeatUrl: string | undefined = 'https://heart.test/';
    const { client, calls, credential } = await aClient(() => ({
      status: 200,
      body: JSON.stringify({ ...ANSWER, instanceId: 'i-1', heartbeatUrl }),
    }));
    await client.register(REGISTRATION, credential);
    await client.heartbeat(BEAT, credential);
    heartbeatUrl = undefined;
    await client.register(REGISTRATION, credential);
    await client.heartbeat(BEAT, credential);
    expect(calls.map(({ url }) => url.href)).toEqual([
      'http://berth.test/base/agent/v1/register',
      'https://heart.test/',
      'http://berth.test/base/agent/v1/register',
      'http://berth.test/base/agent/v1/heartbeat',
    ]);
  });

  it('a heartbeat address out of reach, sends the next one the way of the registration', async () => {
    let status = 200;
    const body = JSON.stringify({ ...ANSWER, instanceId: 'i-1', heartbeatUrl: 'http://127.0.0.1:1/' });
    const { client, calls, credential } = await aClient(() => ({ status, body }));
    await client.register(REGISTRATION, credential);
    status = 503;
    await client.heartbeat(BEAT, credential);
    status = 200;
    await client.heartbeat(BEAT, credential);
    await client.heartbeat(BEAT, credential);
    expect(calls.slice(1).map(({ url }) => url.href)).toEqual([
      'http://127.0.0.1:1/',
      'http://berth.test/base/agent/v1/heartbeat',
      'http://berth.test/base/agent/v1/heartbeat',
    ]);
  });

  it.each(['', 'heart', 'file:///etc/passwd', 7])(
    'a heartbeat address %j, is an unknown answer',
    async (heartbeatUrl) => {
      const body = JSON.stringify({ ...ANSWER, instanceId: 'i-1', heartbeatUrl });
      const { client, credential } = await aClient(() => ({ status: 200, body }));
      expect(await client.register(REGISTRATION, credential)).toMatchObject({ kind: 'unavailable' });
    },
  );

  it.each([
    [401, 'unauthenticated'],
    [403, 'denied'],
    [404, 'refused'],
    [409, 'taken-over'],
    [410, 'unknown-instance'],
    [429, 'unavailable'],
    [500, 'unavailable'],
    [200, 'unavailable'],
  ])('status %i without a usable body, is %s', async (status, kind) => {
    const { client, credential } = await aClient(() => ({ status, body: '{}' }));
    expect(await client.heartbeat(BEAT, credential)).toMatchObject({ kind });
  });

  it('a network error, is unavailable', async () => {
    const { client, credential } = await aClient(() => {
      throw new Error('connection refused');
    });
    expect(await client.heartbeat(BEAT, credential)).toEqual({ kind: 'unavailable', message: 'connection refused' });
  });

  it('channel polls, share a token for 50 s and no longer', async () => {
    const { client, calls, credential, pass } = await aClient(() => ({ status: 200, body: '{}' }));
    const { signal } = new AbortController();
    await client.listen(credential, signal);
    pass(49_000);
    await client.listen(credential, signal);
    pass(2_000);
    await client.listen(credential, signal);
    const [first, second, third] = calls.map(({ headers }) => headers.authorization);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(readClaims(bearerToken(third)).bodyHash).toBeUndefined();
    expect(calls[0]?.url.search).toBe('?instance=i-1');
  });

  it('a key, survives its trip to disk', async () => {
    const { key } = await aClient(() => ({ status: 200, body: '{}' }));
    const again = await agentKeyFromJwk(JSON.parse(JSON.stringify(key.jwk)));
    expect(again.publicKey).toBe(key.publicKey);
  });
});
