import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { PlainResponse } from '#functions/lib/http-event.ts';
import type { ChannelMessage } from './channel-message.ts';
import { type GatewayContext, toAuthorizerEvent, toProxyEvent } from './gateway-event.ts';
import type { Serve, ServedRequest } from './http-server.ts';
import type { Invoke } from './load-functions.ts';
import { receiveMessageAnswer } from './receive-message-answer.ts';
import { routeTable } from './route-table.ts';
import type { ChannelRoute, ServiceFile } from './service-file.ts';
import { createVerdictCache } from './verdict-cache.ts';

export interface ReceiveOptions {
  readonly waitMs: number;
  readonly maxMessages: number;
  readonly signal: AbortSignal;
}

/** Receives from the queue an authorizer named, waiting for the first message. */
export type ReceiveFromChannel = (queueUrl: string, options: ReceiveOptions) => Promise<readonly ChannelMessage[]>;

export interface GatewayOptions {
  readonly service: ServiceFile;
  readonly functions: ReadonlyMap<string, Invoke>;
  readonly receive: ReceiveFromChannel;
  readonly context: GatewayContext;
  /** Routes that exist on this machine only. */
  readonly own: ReadonlyMap<string, () => Promise<PlainResponse>>;
}

export const jsonAnswer = (status: number, value: unknown): PlainResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});

/** Where a function's own address begins on this machine; on AWS it is a host name. */
export const functionPath = (name: string): string => `/_functions/${name}/`;

/**
 * Answers requests as the HTTP API of serverless.yml does: routes to functions, authorizers, the queue integration.
 * Functions that have an address of their own are served under a prefix, which they do not see.
 */
export function createGateway({ service, functions, receive, context, own }: GatewayOptions): Serve {
  const functionOf = (name: string): Invoke => {
    const invoke = functions.get(name);
    if (!invoke) throw new Error(`serverless.yml names no function ${name}`);
    return invoke;
  };
  // Names, not functions: a reset puts new ones in their place.
  const proxies = routeTable(
    service.functions.flatMap(({ name, events }) =>
      events.flatMap((event) => (event.kind === 'http' ? [{ route: event.route, target: name }] : [])),
    ),
  );
  const verdictOf = createVerdictCache(context.clock);
  const withUrl = service.functions.filter(({ hasUrl }) => hasUrl).map(({ name }) => name);
  const channels = new Map(service.channelRoutes.map((channel) => [channel.route, channel]));

  const proxy = async (invoke: Invoke, route: string, request: ServedRequest): Promise<PlainResponse> => {
    const result = (await invoke(toProxyEvent(context, route, request))) as APIGatewayProxyStructuredResultV2;
    const headers = Object.entries(result.headers ?? {}).map(([name, value]) => [name, String(value)]);
    return { status: result.statusCode ?? 200, headers: Object.fromEntries(headers), body: result.body ?? '' };
  };

  const poll = async (channel: ChannelRoute, request: ServedRequest): Promise<PlainResponse> => {
    // The gateway refuses by itself when the identity source is missing, without asking the authorizer.
    const { authorization } = request.headers;
    if (!authorization) return jsonAnswer(401, { message: 'Unauthorized' });
    const { route, authorizer, verdictMs, waitMs, maxMessages } = channel;
    const event = toAuthorizerEvent(context, route, request);
    const verdict = await verdictOf(functionOf(authorizer), authorization, event, verdictMs);
    if (!verdict.isAuthorized) return jsonAnswer(403, { message: 'Forbidden' });
    return receiveMessageAnswer(
      await receive(verdict.context.queueUrl, { waitMs, maxMessages, signal: request.signal }),
    );
  };

  return async (request) => {
    const route = `${request.method} ${request.url.split('?')[0]}`;
    const found = proxies(route);
    if (found) return proxy(functionOf(found.target), found.route, request);
    const channel = channels.get(route);
    if (channel) return poll(channel, request);
    const direct = withUrl.find((it) => request.url.startsWith(functionPath(it)));
    if (direct !== undefined) {
      const url = request.url.slice(functionPath(direct).length - 1);
      return proxy(functionOf(direct), '$default', { ...request, url });
    }
    const local = own.get(route);
    if (!local) return jsonAnswer(404, { message: 'Not Found' });
    // These need no signature, and any page a browser shows may post to this machine: browsers say where from.
    return request.headers['origin'] === undefined ? local() : jsonAnswer(403, { message: 'Forbidden' });
  };
}
