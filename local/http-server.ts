import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Log } from '#control/ports.ts';
import type { PlainResponse } from '#functions/lib/http-event.ts';
import { writeBody } from '#functions/lib/streamed.ts';
import type { Upgrade } from './session-sockets.ts';

/** One request with its whole body, still as bytes. */
export interface ServedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  /** Names in lower case, values joined by commas, as the gateway does. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Aborts when the client went away. */
  readonly signal: AbortSignal;
}

/** An answer whose body may be bytes, or go on as pieces of text. */
export interface ServedResponse extends Omit<PlainResponse, 'body'> {
  readonly body: string | Uint8Array | AsyncIterable<string>;
}

/** What answers at once. */
export type Serve = (request: ServedRequest) => Promise<PlainResponse>;
/** What may answer piece by piece. */
export type ServeStream = (request: ServedRequest) => Promise<ServedResponse>;

export interface HttpServer {
  readonly port: number;
  /** Stops listening, lets running requests end for a moment, then closes what is left. */
  close(): Promise<void>;
}

export interface HttpServerOptions {
  /** 0 asks for any free port. */
  readonly port: number;
  readonly log: Log;
  readonly serve: ServeStream;
  /** Absent: nobody may make a socket of a connection. */
  readonly upgrade?: Upgrade;
  /** Absent: plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** The gateway's own limit is 10 MB; no face of Berth takes more than 1 MiB. */
const MAX_BODY_BYTES = 1024 * 1024 + 64 * 1024;
/** How much of a refused body is still taken in: who is hung up on while sending never sees the answer. */
const MAX_DISCARDED_BYTES = 32 * 1024 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
/** A client that sends slower than this is cut off, so that slow bodies cannot hold connections. */
const REQUEST_MS = 15_000;
/** Longer than clients keep an idle connection, as AWS does, so that none sends into one that is just being closed. */
const KEEP_ALIVE_MS = 65_000;
/**
 * Connections that may wait to be accepted. Node's 511 is fewer than the agents of a large fleet, which all come at once
 * after a restart. The kernel allows no more than its own net.core.somaxconn, 4096 on current Linux.
 */
const BACKLOG = 4_096;
const CLOSE_MS = 2_000;

/** Serves on the loopback address only. Faults: an Error naming the fix when the port is taken. */
export async function startHttpServer({ port, log, serve, upgrade, tls }: HttpServerOptions): Promise<HttpServer> {
  const settings = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: REQUEST_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response, serve).catch(async (error: unknown) => {
      if (response.destroyed) return log.debug('client went away', { url: request.url });
      log.error('request failed', { url: request.url, error });
      if (!response.headersSent) await send(response, failure(500, 'InternalError', 'the local runner met a bug'));
      else response.destroy();
    });
  };
  const server = tls ? createSecureServer({ ...settings, ...tls }, listener) : createServer(settings, listener);
  if (upgrade) server.on('upgrade', upgrade);
  await listen(server, port, tls ? '--kube-port' : '--port');
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

const failure = (status: number, code: string, message: string): PlainResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ code, message }),
});

async function handle(request: IncomingMessage, response: ServerResponse, serve: ServeStream): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const body = await readBody(request);
  if (body === undefined) {
    // There may be more of the body than was read, so the connection cannot carry another request.
    response.setHeader('connection', 'close');
    return send(response, failure(413, 'RequestTooLarge', 'the body is larger than 1 MiB'));
  }
  const { method = 'GET', url = '/' } = request;
  await send(response, await serve({ method, url, headers: joined(request), body, signal: gone.signal }));
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  // The connection stays open after an early return, or the refusal could not be sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    else if (size > MAX_DISCARDED_BYTES) return undefined;
  }
  return size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks);
}

const joined = ({ headersDistinct }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(headersDistinct).map(([name, values = []]) => [name, values.join(',')]));

async function send(response: ServerResponse, { status, headers, body }: ServedResponse): Promise<void> {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
    response.end(body);
    return;
  }
  response.writeHead(status, { ...headers });
  // Who watches wants to know that it does, before there is anything to see.
  response.flushHeaders();
  await writeBody(response, body);
  response.end();
}

/** `option` is the one that chooses the port: plain HTTP is the ECS API, TLS the Kubernetes API. */
function listen(server: Server, port: number, option: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = `port ${port} is in use; stop what uses it, or choose another with ${option} (0 takes any free one)`;
      reject(error.code === 'EADDRINUSE' ? new Error(taken, { cause: error }) : error);
    });
    server.listen({ port, host: '127.0.0.1', backlog: BACKLOG }, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
    server.close(() => {
      clearTimeout(cutOff);
      resolve();
    });
    server.closeIdleConnections();
  });
}
