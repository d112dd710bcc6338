import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { KubeAnswer } from '#api/kube/kube-request.ts';
import type { StreamingHandler } from './streaming-function.ts';

/** What Lambda's runtime gives to functions that stream (RESPONSE_STREAM): a global, and nothing to import. */
interface LambdaStreaming {
  readonly streamifyResponse: (
    handler: (event: APIGatewayProxyEventV2, stream: Writable, context: Context) => Promise<void>,
  ) => unknown;
  readonly HttpResponseStream: {
    from(stream: Writable, head: { statusCode: number; headers: Readonly<Record<string, string>> }): Writable;
  };
}

/** The handler Lambda calls for a function whose answer is streamed. Outside of Lambda it stays as it is. */
export function streamed(handler: StreamingHandler): unknown {
  const lambda = (globalThis as { readonly awslambda?: Partial<LambdaStreaming> }).awslambda;
  // middy leaves an empty one behind where there is none.
  if (!lambda?.streamifyResponse || !lambda.HttpResponseStream) return handler;
  const { HttpResponseStream } = lambda;
  return lambda.streamifyResponse(async (event, stream, context) => {
    const gone = new AbortController();
    stream.once('close', () => gone.abort());
    const { status, headers, body } = await handler(event, context, gone.signal);
    const answer = HttpResponseStream.from(stream, { statusCode: status, headers });
    await writeBody(answer, body);
    answer.end();
    await once(stream, 'finish');
  });
}

/** Writes piece by piece, no faster than the reader reads, and stops when it is gone. */
export async function writeBody(stream: Writable, body: KubeAnswer['body']): Promise<void> {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    stream.write(body);
    return;
  }
  for await (const piece of body) {
    if (stream.destroyed) return;
    if (!stream.write(piece)) await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
  }
}
