import middy from '@middy/core';
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { type SocketEvent, serveSocket } from '#api/session/serve-socket.ts';
import type { FunctionDependencies } from './lib/function-dependencies.ts';
import { lazily } from './lib/lazily.ts';
import { requestLog } from './lib/request-log.ts';

/** The event that opens a socket has its query, which the types leave out. */
export type SocketGatewayEvent = APIGatewayProxyWebsocketEventV2 & {
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
};

/** Sockets of clients that run commands in tasks: opening, messages, end. */
export const createHandler = (deps: FunctionDependencies) => {
  const server = { deps, secret: () => deps.accessKeys.pageTokenKey() };
  return middy<SocketGatewayEvent, APIGatewayProxyResultV2>(async (event: SocketGatewayEvent) => ({
    statusCode: await serveSocket(server, read(event)),
  })).use(requestLog(deps));
};

function read(event: SocketGatewayEvent): SocketEvent {
  const { connectionId: connection, eventType } = event.requestContext;
  if (eventType === 'CONNECT') return { kind: 'connect', connection, ticket: event.queryStringParameters?.['ticket'] };
  if (eventType === 'DISCONNECT') return { kind: 'disconnect', connection };
  const { body = '', isBase64Encoded } = event;
  return { kind: 'message', connection, body: isBase64Encoded ? Buffer.from(body, 'base64') : body };
}

export const handler = lazily(createHandler);
