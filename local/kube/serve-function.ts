import { type GatewayContext, toProxyEvent } from '../gateway-event.ts';
import type { ServedResponse, ServeStream } from '../http-server.ts';
import type { Invoke } from '../load-functions.ts';

/**
 * A streaming function's own address: every request is one event for it, and its body comes piece by piece, until the
 * client goes away or the stack ends.
 */
export const serveFunction =
  (context: GatewayContext, invoke: () => Invoke, ending: AbortSignal): ServeStream =>
  async (request) => {
    const signal = AbortSignal.any([request.signal, ending]);
    return (await invoke()(toProxyEvent(context, '$default', request), signal)) as ServedResponse;
  };
