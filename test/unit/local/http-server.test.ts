import { afterEach, describe, expect, it } from 'vitest';
import type { Log } from '#control/ports.ts';
import { type HttpServer, type ServedRequest, startHttpServer } from '#local/http-server.ts';

const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describe('local http server', () => {
  const servers: HttpServer[] = [];
  const start = async (serve: Parameters<typeof startHttpServer>[0]['serve'], port = 0): Promise<HttpServer> => {
    const server = await startHttpServer({ port, log, serve });
    servers.push(server);
    return server;
  };
  const url = (server: HttpServer, path = '/'): string => `http://127.0.0.1:${server.port}${path}`;
  const ok = async () => ({ status: 200, headers: {}, body: 'ok' });

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  it('a request, reaches the server whole with lower-case header names', async () => {
    let seen: ServedRequest | undefined;
    const server = await start(async (request) => {
      seen = request;
      return { status: 201, headers: { 'x-a': 'b' }, body: 'é' };
    });
    const answer = await fetch(url(server, '/p?q=1'), { method: 'POST', headers: { 'X-Test': 'v' }, body: 'data' });
    expect([answer.status, answer.headers.get('x-a'), await answer.text()]).toEqual([201, 'b', 'é']);
    expect(seen).toMatchObject({ method: 'POST', url: '/p?q=1', body: Buffer.from('data') });
    expect(seen?.headers['x-test']).toBe('v');
  });

  it('a body above the limit, is answered 413 and does not reach the server', async () => {
    let calls = 0;
    const server = await start(async () => {
      calls += 1;
      return ok();
    });
    const answer = await fetch(url(server), { method: 'POST', body: Buffer.alloc(1_200_000) });
    expect([answer.status, calls]).toEqual([413, 0]);
  });

  it('a bug in the server, is answered 500 and the next request works', async () => {
    let broken = true;
    const server = await start(async () => {
      if (broken) throw new TypeError('bug');
      return ok();
    });
    expect((await fetch(url(server))).status).toBe(500);
    broken = false;
    expect((await fetch(url(server))).status).toBe(200);
  });

  it('a port that is taken, fails naming the fix', async () => {
    const { port } = await start(ok);
    await expect(start(ok, port)).rejects.toThrow(/--port/);
  });
});
