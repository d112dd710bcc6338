import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** Sends one request; rejects when no complete answer came. */
export type HttpExchange = (call: HttpCall) => Promise<HttpAnswer>;

/** A full set of 90 assignments is far below this; more means the other side is not a control plane. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** Keep-alive connections; many agents of one process may share one exchange. */
export function keepAliveExchange(maxSockets = Number.POSITIVE_INFINITY): HttpExchange & { close(): void } {
  const http = new HttpAgent({ keepAlive: true, maxSockets });
  const https = new HttpsAgent({ keepAlive: true, maxSockets });
  const exchange = (call: HttpCall): Promise<HttpAnswer> =>
    new Promise((resolve, reject) => {
      const secure = call.url.protocol === 'https:';
      const { method, headers, signal } = call;
      const options = { method, headers: { ...headers, ...length(call.body) }, ...(signal ? { signal } : {}) };
      const request = secure
        ? httpsRequest(call.url, { ...options, agent: https }, onAnswer)
        : httpRequest(call.url, { ...options, agent: http }, onAnswer);
      function onAnswer(answer: IncomingMessage): void {
        collect(answer).then(resolve, reject);
      }
      request.setTimeout(call.timeoutMs, () => request.destroy(new Error(`no answer within ${call.timeoutMs} ms`)));
      request.on('error', reject);
      request.end(call.body);
    });
  const close = (): void => {
    http.destroy();
    https.destroy();
  };
  return Object.assign(exchange, { close });
}

const length = (body: string | undefined): Record<string, string> =>
  body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };

async function collect(answer: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return { status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') };
}
