import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeTimers } from '#agent/node-clock.ts';
import { askNetwork } from '#agent/runtime/network/ask-network.ts';
import type { NetworkQuestion } from '#agent/runtime/port.ts';
import { loadCertificates } from '#local/kube/certificates.ts';

interface Listening {
  listen(port: number, host: string, ready: () => void): unknown;
  address(): unknown;
  close(): unknown;
}

const open: Listening[] = [];

async function listening<S extends Listening>(server: S): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const get = (port: number, more: Partial<Extract<NetworkQuestion, { kind: 'httpGet' }>> = {}): NetworkQuestion => ({
  kind: 'httpGet',
  scheme: 'HTTP',
  port,
  path: '/healthz',
  headers: [],
  ...more,
});
const ask = (question: NetworkQuestion, timeoutMs = 5_000) => askNetwork('127.0.0.1', question, timeoutMs, nodeTimers);

const answering = (status: number, headers: Record<string, string> = {}): Server =>
  createServer((_request, response) => response.writeHead(status, headers).end('x'.repeat(100_000)));

/** One that nobody trusts. */
async function certificate(): Promise<{ readonly key: string; readonly cert: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'berth-certificate-'));
  try {
    return await loadCertificates(directory, Date.now());
  } finally {
    rmSync(directory, { recursive: true });
  }
}

afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

describe('asking a container over HTTP', () => {
  it.each([
    [200, true],
    [204, true],
    [399, true],
    [400, false],
    [404, false],
    [503, false],
  ])('an answer of %i, passes: %s', async (status, passed) => {
    expect(await ask(get(await listening(answering(status))))).toMatchObject({ passed });
  });

  it('a redirect, is an answer and is not followed', async () => {
    let visits = 0;
    const elsewhere = await listening(
      createServer((_request, response) => {
        visits += 1;
        response.end();
      }),
    );
    const server = answering(302, { location: `http://127.0.0.1:${elsewhere}/` });
    expect(await ask(get(await listening(server)))).toMatchObject({ passed: true });
    expect(visits).toBe(0);
  });

  it('path, headers and host of the question, reach the server, which is the pod whatever the host says', async () => {
    let seen: unknown;
    const port = await listening(
      createServer(({ url, headers }, response) => {
        seen = { url, host: headers.host, probe: headers['x-probe'], agent: headers['user-agent'] };
        response.end();
      }),
    );
    const headers = [{ name: 'X-Probe', value: 'yes' }];
    await ask(get(port, { path: 'ready?a=1', headers, host: '169.254.169.254' }));
    expect(seen).toEqual({
      url: '/ready?a=1',
      host: `169.254.169.254:${port}`,
      probe: 'yes',
      agent: expect.stringContaining('kube-probe'),
    });
  });

  it('a server that never answers, fails in time', async () => {
    const port = await listening(createServer(() => undefined));
    expect(await ask(get(port), 200)).toEqual({ passed: false, detail: 'no answer came in time' });
  });

  it('a header that no server may be sent, fails', async () => {
    const port = await listening(answering(200));
    expect(await ask(get(port, { headers: [{ name: 'a b', value: 'x' }] }))).toMatchObject({ passed: false });
  });

  it('a certificate nobody vouches for, is taken', async () => {
    const port = await listening(createHttpsServer(await certificate(), (_request, response) => response.end()));
    expect(await ask(get(port, { scheme: 'HTTPS' }))).toMatchObject({ passed: true });
    expect(await ask(get(port))).toMatchObject({ passed: false });
  });
});

describe('asking a container over TCP', () => {
  it('a port that is open, passes; one that is not, fails', async () => {
    const server = createTcpServer();
    const port = await listening(server);
    expect(await ask({ kind: 'tcpSocket', port })).toMatchObject({ passed: true });
    await new Promise((resolve) => server.close(resolve));
    expect(await ask({ kind: 'tcpSocket', port })).toMatchObject({ passed: false });
  });
});

describe('asking a container by gRPC', () => {
  /** A health service that knows one other service by name. */
  const health = (status: number, asked: string[] = []): Http2Server => {
    const server = createHttp2Server();
    server.on('stream', (stream, headers) => {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        asked.push(`${headers[':path']} ${Buffer.concat(pieces).subarray(7).toString()}`);
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.end(Buffer.from([0, 0, 0, 0, 2, 8, status]));
      });
    });
    return server;
  };

  it('a service that serves, passes, and is asked by its name', async () => {
    const asked: string[] = [];
    const port = await listening(health(1, asked));
    expect(await ask({ kind: 'grpc', port, service: 'shop.Cart' })).toMatchObject({ passed: true });
    expect(asked).toEqual(['/grpc.health.v1.Health/Check shop.Cart']);
  });

  it('one that does not serve, or knows nothing of health, fails', async () => {
    expect(await ask({ kind: 'grpc', port: await listening(health(2)), service: '' })).toMatchObject({ passed: false });
    const server = createHttp2Server();
    server.on('stream', (stream) => stream.respond({ ':status': 200, 'grpc-status': '12' }, { endStream: true }));
    expect(await ask({ kind: 'grpc', port: await listening(server), service: '' })).toMatchObject({ passed: false });
  });

  it('a server that speaks something else, or nothing, fails in time', async () => {
    const http = await listening(answering(200));
    expect(await ask({ kind: 'grpc', port: http, service: '' }, 2_000)).toMatchObject({ passed: false });
    const silent = await listening(createTcpServer());
    expect(await ask({ kind: 'grpc', port: silent, service: '' }, 200)).toMatchObject({ passed: false });
  });
});
