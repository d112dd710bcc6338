import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { errorBoundary } from './error-boundary.ts';
import type { FunctionDependencies } from './function-dependencies.ts';
import { fromGateway, type PlainRequest, type PlainResponse, toGateway } from './http-event.ts';
import { requestLog } from './request-log.ts';

/** Wraps a protocol face as a function behind an HTTP API route. */
export const httpFunction = (deps: FunctionDependencies, serve: (request: PlainRequest) => Promise<PlainResponse>) =>
  middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(async (event: APIGatewayProxyEventV2) =>
    toGateway(await serve(fromGateway(event))),
  )
    // Errors pass the last middleware first, so the boundary answers after the log has seen the cause.
    .use(errorBoundary())
    .use(requestLog(deps));
