import middy from '@middy/core';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { KubeAnswer, KubeRequest } from '#api/kube/kube-request.ts';
import type { FunctionDependencies } from './function-dependencies.ts';
import { requestLog } from './request-log.ts';

/** What a streaming function is invoked with beside its event: a signal that its client went away. */
export type StreamingHandler = (
  event: APIGatewayProxyEventV2,
  context: Context,
  signal?: AbortSignal,
) => Promise<KubeAnswer>;

/** Wraps a face whose answers may go on for minutes as a function; `streamed` gives it to Lambda. */
export function streamingFunction(
  deps: FunctionDependencies,
  serve: (request: KubeRequest) => Promise<KubeAnswer>,
): StreamingHandler {
  return (event, context, signal) => {
    const run = middy<APIGatewayProxyEventV2, KubeAnswer>(async () => serve(fromUrl(event, signal))).use(
      requestLog(deps),
    );
    // middy's handler waits for the answer's head; the body is read by whoever invoked it.
    return run(event, context) as Promise<KubeAnswer>;
  };
}

/** Reads the event of a function URL, payload format 2.0, with the body as bytes. */
function fromUrl(event: APIGatewayProxyEventV2, signal: AbortSignal | undefined): KubeRequest {
  const headers = Object.entries(event.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), value] as const],
  );
  return {
    method: event.requestContext.http.method,
    path: event.rawPath,
    query: event.rawQueryString,
    headers: Object.fromEntries(headers),
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    ...(signal && { signal }),
  };
}
