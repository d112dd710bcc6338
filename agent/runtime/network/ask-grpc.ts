import { type ClientHttp2Session, connect } from 'node:http2';
import type { NetworkAnswer, NetworkQuestion } from '../port.ts';

type GrpcQuestion = Extract<NetworkQuestion, { readonly kind: 'grpc' }>;

const SERVING = 1;
/** A health answer has a few bytes; whatever sends more is no health service. */
const MOST_BYTES = 1_024;
/** One byte that says whether what follows is compressed, and four of its length. */
const FRAME_HEAD = 5;

/** Check of grpc.health.v1.Health over plain HTTP/2, without a library: one small message there and one back. */
export async function askGrpc(address: string, question: GrpcQuestion, signal: AbortSignal): Promise<NetworkAnswer> {
  const host = address.includes(':') ? `[${address}]` : address;
  const session = connect(`http://${host}:${question.port}`);
  const end = (): void => session.destroy();
  signal.addEventListener('abort', end, { once: true });
  try {
    return verdict(await check(session, question.service, signal));
  } finally {
    signal.removeEventListener('abort', end);
    session.destroy();
  }
}

interface Reply {
  readonly grpcStatus: string | undefined;
  readonly body: Buffer;
}

function check(session: ClientHttp2Session, service: string, signal: AbortSignal): Promise<Reply> {
  return new Promise((resolve, reject) => {
    session.once('error', reject);
    session.once('close', () => reject(new Error('the connection was closed')));
    const stream = session.request(
      {
        ':method': 'POST',
        ':path': '/grpc.health.v1.Health/Check',
        'content-type': 'application/grpc',
        te: 'trailers',
        'user-agent': 'kube-probe/berth',
      },
      { signal },
    );
    let grpcStatus: string | undefined;
    let body = Buffer.alloc(0);
    const note = (headers: Record<string, unknown>): void => {
      if (headers['grpc-status'] !== undefined) grpcStatus = String(headers['grpc-status']);
    };
    stream.on('response', note);
    stream.on('trailers', note);
    stream.on('data', (chunk: Buffer) => {
      body = Buffer.concat([body, chunk]);
      if (body.length > MOST_BYTES) reject(new Error('the answer is too long'));
    });
    stream.once('error', reject);
    stream.once('end', () => resolve({ grpcStatus, body }));
    stream.end(framed(healthRequest(service)));
  });
}

function verdict({ grpcStatus, body }: Reply): NetworkAnswer {
  const status = servingStatus(body.subarray(FRAME_HEAD));
  const passed = (grpcStatus ?? '0') === '0' && status === SERVING;
  return { passed, detail: `the answer was ${status} with gRPC status ${grpcStatus ?? 'unsaid'}` };
}

function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(FRAME_HEAD);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** HealthCheckRequest: the service's name is field 1; its length is a varint. */
function healthRequest(service: string): Buffer {
  const name = Buffer.from(service);
  if (name.length === 0) return name;
  const length: number[] = [];
  for (let left = name.length; left > 0; left >>>= 7) length.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
  return Buffer.concat([Buffer.from([0x0a, ...length]), name]);
}

/** HealthCheckResponse: the status is field 1, a varint below 128; it is left out when it is 0. */
const servingStatus = (message: Buffer): number => (message[0] === 0x08 ? (message[1] ?? 0) : 0);
