import { request as httpRequest } from 'node:http';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { RunningStack } from './running-stack.ts';

/** What a test may get wrong on purpose; everything else is as an SDK would send it. */
export interface RawRequest {
  readonly operation: string;
  readonly body: string;
  /** Replaces the whole X-Amz-Target header. */
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly secretAccessKey?: string;
  readonly accessKeyId?: string;
  readonly region?: string;
  readonly service?: string;
  readonly signedAt?: Date;
  /** Changes the request after it was signed. */
  readonly tamper?: (signed: SignedRequest) => SignedRequest;
}

export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RawAnswer {
  readonly status: number;
  /** Short name of the error class; empty when there is none. */
  readonly type: string;
  readonly message: string;
  readonly text: string;
}

const TARGET_PREFIX = 'AmazonEC2ContainerServiceV20141113.';

/** Sends one request the way no SDK would. */
export async function sendRaw(stack: RunningStack, raw: RawRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(stack.endpoint);
  const signer = new SignatureV4({
    credentials: {
      accessKeyId: raw.accessKeyId ?? stack.credentials.accessKeyId,
      secretAccessKey: raw.secretAccessKey ?? stack.credentials.secretAccessKey,
    },
    region: raw.region ?? 'us-east-1',
    service: raw.service ?? 'ecs',
    sha256: Sha256,
  });
  const unsigned = {
    method: 'POST',
    protocol: 'http:',
    hostname,
    port: Number(port),
    path: '/',
    query: {},
    headers: {
      host: `${hostname}:${port}`,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': raw.target ?? `${TARGET_PREFIX}${raw.operation}`,
      ...raw.headers,
    },
    body: raw.body,
  };
  const signed = await signer.sign(unsigned, { signingDate: raw.signedAt ?? new Date() });
  const { headers } = signed;
  const sent: SignedRequest = { method: 'POST', path: '/', headers, body: raw.body };
  return exchange(hostname, Number(port), raw.tamper?.(sent) ?? sent);
}

function exchange(hostname: string, port: number, { method, path, headers, body }: SignedRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(answerOf(response.statusCode ?? 0, Buffer.concat(chunks).toString())));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

function answerOf(status: number, text: string): RawAnswer {
  const { __type = '', code = '', message = '' } = JSON.parse(text) as Readonly<Record<string, string>>;
  return { status, type: __type || code, message, text };
}
