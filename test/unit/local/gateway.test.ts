import { beforeEach, describe, expect, it } from 'vitest';
import { createGateway } from '#local/gateway.ts';
import type { Serve } from '#local/http-server.ts';
import type { Invoke } from '#local/load-functions.ts';
import type { ServiceFile } from '#local/service-file.ts';

const channel = (route: string, authorizer: string, verdictMs = 30_000) => ({
  route,
  authorizer,
  verdictMs,
  waitMs: 1_000,
  maxMessages: 10,
});

const service: ServiceFile = {
  functions: [],
  channelRoutes: [
    channel('GET /a', 'one'),
    channel('GET /b', 'one'),
    channel('GET /c', 'two'),
    channel('GET /d', 'three', 0),
  ],
  resources: {},
};

describe('gateway, verdicts of authorizers', () => {
  let now: number;
  let gateway: Serve;
  let functions: Map<string, Invoke>;
  /** Authorizers asked since the last look. */
  let asked: string[];
  let polled: string[];

  /** Tokens that hold "bad" are refused, "broken" ones make the function fail. */
  const authorizer =
    (name: string): Invoke =>
    async (event) => {
      asked.push(name);
      const { authorization } = (event as { readonly headers: { readonly authorization: string } }).headers;
      if (authorization.includes('broken')) throw new Error('no answer');
      return { isAuthorized: !authorization.includes('bad'), context: { queueUrl: `${name}:${authorization}` } };
    };

  beforeEach(() => {
    now = 1_000;
    asked = [];
    polled = [];
    functions = new Map(['one', 'two', 'three'].map((name) => [name, authorizer(name)]));
    gateway = createGateway({
      service,
      functions,
      context: { scope: { accountId: '000000000000', region: 'us-east-1' }, clock: { now: () => now } },
      receive: async (queueUrl) => {
        polled.push(queueUrl);
        return [];
      },
      own: new Map(),
    });
  });

  const poll = async (url: string, authorization: string): Promise<number> => {
    const headers = { authorization };
    const answer = await gateway({
      method: 'GET',
      url,
      headers,
      body: Buffer.alloc(0),
      signal: AbortSignal.timeout(5_000),
    });
    return answer.status;
  };
  const askedSince = (): readonly string[] => asked.splice(0);

  it('the same token within the time to live, is not asked about again and polls the same queue', async () => {
    await poll('/a', 'good');
    now += 29_999;
    expect(await poll('/a', 'good')).toBe(200);
    expect([askedSince(), polled]).toEqual([['one'], ['one:good', 'one:good']]);
  });

  it('the same token once the time to live is over, is asked about again', async () => {
    await poll('/a', 'good');
    now += 30_000;
    await poll('/a', 'good');
    expect(askedSince()).toEqual(['one', 'one']);
  });

  it('a refusal, holds as long as a permission', async () => {
    expect([await poll('/a', 'bad'), await poll('/a', 'bad')]).toEqual([403, 403]);
    expect([askedSince(), polled]).toEqual([['one'], []]);
  });

  it('another token or another authorizer, is asked about; another route of the same authorizer is not', async () => {
    for (const [url, token] of [
      ['/a', 'good'],
      ['/a', 'other'],
      ['/c', 'good'],
      ['/b', 'good'],
    ] as const)
      await poll(url, token);
    expect(askedSince()).toEqual(['one', 'one', 'two']);
  });

  it('an authorizer that fails, leaves nothing to remember', async () => {
    await expect(poll('/a', 'broken')).rejects.toThrow('no answer');
    await expect(poll('/a', 'broken')).rejects.toThrow('no answer');
    expect(askedSince()).toEqual(['one', 'one']);
  });

  it('a time to live of zero, asks each time', async () => {
    await poll('/d', 'good');
    await poll('/d', 'good');
    expect(askedSince()).toEqual(['three', 'three']);
  });

  it('a function put in place by a reset, knows nothing of what its predecessor said', async () => {
    await poll('/a', 'good');
    functions.set('one', authorizer('new one'));
    await poll('/a', 'good');
    expect(askedSince()).toEqual(['one', 'new one']);
  });

  it('thousands of tokens, only the newest are remembered', async () => {
    await poll('/a', 'first');
    for (let token = 0; token < 2_000; token += 1) await poll('/a', `token ${token}`);
    askedSince();
    await poll('/a', 'token 1999');
    expect(askedSince()).toEqual([]);
    await poll('/a', 'first');
    expect(askedSince()).toEqual(['one']);
  });
});
