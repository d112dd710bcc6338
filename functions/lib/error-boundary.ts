import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

const INTERNAL = JSON.stringify({
  __type: 'ServerException',
  code: 'ServerException',
  message: 'Berth could not answer; the cause is in its log.',
});

/** What a bug looks like from outside: a plain 500 that tells nothing of the inside. The request log has the cause. */
export const errorBoundary = (): MiddlewareObj<unknown, APIGatewayProxyStructuredResultV2> => ({
  onError: (request) => {
    request.response = { statusCode: 500, headers: { 'content-type': 'application/json' }, body: INTERNAL };
  },
});
