import middy from '@middy/core';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { KubeAnswer, KubeRequest } from '#api/kube/kube-request.ts';
import type { FunctionDependencies } from './function-dependencies.ts';
import { readEvent } from './http-event.ts';
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
    const run = middy<APIGatewayProxyEventV2, KubeAnswer>(async () =>
      serve({ ...readEvent(event), ...(signal && { signal }) }),
    ).use(requestLog(deps));
    // middy's handler waits for the answer's head; the body is read by whoever invoked it.
    return run(event, context) as Promise<KubeAnswer>;
  };
}
