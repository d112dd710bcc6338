import {
  type ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { SessionSockets } from '#control/ports.ts';
import { Fault } from '#core/fault.ts';

/** Sockets that a WebSocket API of API Gateway holds. It sends what it is given as text where that is text. */
export function createApiGatewaySockets(client: ApiGatewayManagementApiClient, url: string): SessionSockets {
  return {
    url,
    send: async (ConnectionId, frame) => {
      const Data = typeof frame === 'string' ? Buffer.from(frame) : frame;
      return unlessGone(client.send(new PostToConnectionCommand({ ConnectionId, Data })));
    },
    close: async (ConnectionId) => {
      await unlessGone(client.send(new DeleteConnectionCommand({ ConnectionId })));
    },
  };
}

/** False when the client had hung up. */
async function unlessGone(sent: Promise<unknown>): Promise<boolean> {
  try {
    await sent;
    return true;
  } catch (cause) {
    if (cause instanceof GoneException) return false;
    throw new Fault('Unavailable', 'the gateway of clients’ sockets did not answer', {}, { cause });
  }
}
