import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { dumpStore, settledStore } from '#test/support/e2e-store-dump.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';
import { createAgentKey, testAgent } from '#test/unit/local/test-agent.ts';

const MIB = 1024 * 1024;
const POSTS = ['/agent/v1/register', '/agent/v1/heartbeat', '/agent/v1/join-tokens'];
const POLL = '/agent/v1/channel';

/** Three parts that look like a token; `alg` none is the oldest trick there is. */
const unsigned = [{ alg: 'none' }, { iss: 'a'.repeat(32), cluster: 'default', epoch: 1, aud: 'berth-agent' }, '']
  .map((part) => Buffer.from(part === '' ? '' : JSON.stringify(part)).toString('base64url'))
  .join('.');

describe('the agents side of a running stack', () => {
  let stack: RunningStack;

  beforeAll(async () => {
    stack = await startStack({ args: ['--runtime', 'simulated', '--agents', '0'] });
  });

  const joinToken = () => readFileSync(path.join(stack.dataDir, 'join-token'), 'utf8').trim();
  const post = (route: string, body: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${stack.endpoint}${route}`, { method: 'POST', body, headers });

  it('without a good token, is 4xx whatever the body is, and writes nothing', async () => {
    const before = await settledStore(stack.dataDir);
    const bodies = ['', '{', 'null', '[]', '{"protocol":1}', '['.repeat(100_000), '{"__proto__":{"a":1}}'];
    for (const authorization of ['', 'Bearer', 'Bearer x', `Bearer ${unsigned}`, `Bearer ${'x.'.repeat(5_000)}`]) {
      for (const route of POSTS) {
        for (const body of bodies) {
          const { status } = await post(route, body, { authorization });
          expect([400, 401, 403], `${route} ${authorization.slice(0, 20)} ${body.slice(0, 20)}`).toContain(status);
        }
      }
      const poll = await fetch(`${stack.endpoint}${POLL}`, { headers: { authorization } });
      expect([401, 403]).toContain(poll.status);
    }
    expect(dumpStore(stack.dataDir)).toEqual(before);
  });

  it('a body of two mebibytes, is refused', async () => {
    for (const route of POSTS) expect((await post(route, 'x'.repeat(2 * MIB))).status).toBe(413);
  });

  it('a wrong join token or a foreign cluster, joins nobody', async () => {
    const before = await settledStore(stack.dataDir);
    const agent = testAgent(stack.endpoint, createAgentKey());
    for (const change of [{ joinToken: 'guessed' }, {}, { joinToken: joinToken(), cluster: 'other' }]) {
      const { status } = await agent.tryRegister(change);
      expect([400, 401, 403, 404]).toContain(status);
    }
    expect(dumpStore(stack.dataDir)).toEqual(before);
  });

  it('a copy of an agent without its key, is refused', async () => {
    const agent = testAgent(stack.endpoint, createAgentKey());
    await agent.register(joinToken());
    expect((await agent.heartbeat()).status).toBe(200);
    const before = await settledStore(stack.dataDir);
    const impostor = testAgent(stack.endpoint, createAgentKey(), agent.identity());
    expect((await impostor.heartbeat()).status).toBe(401);
    expect((await impostor.poll()).status).toBe(403);
    expect(dumpStore(stack.dataDir)).toEqual(before);
  });
});
