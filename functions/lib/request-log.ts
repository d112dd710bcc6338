import type { MiddlewareObj } from '@middy/core';
import type { Log } from '#control/ports.ts';

/** One line for each invocation: what ran, how long it took, and the error it ended in. */
export function requestLog(deps: { readonly log: Log; readonly clock: { now(): number } }): MiddlewareObj {
  const started = new WeakMap<object, number>();
  const fields = (request: { context: { functionName: string; awsRequestId: string } }) => ({
    function: request.context.functionName,
    requestId: request.context.awsRequestId,
    ms: deps.clock.now() - (started.get(request) ?? deps.clock.now()),
  });
  return {
    before: (request) => {
      started.set(request, deps.clock.now());
    },
    after: (request) => {
      deps.log.debug('invocation ended', fields(request));
    },
    onError: (request) => {
      deps.log.error('invocation failed', { ...fields(request), error: request.error });
    },
  };
}
