import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Log, SessionSockets } from '#control/ports.ts';
import type { SocketGatewayEvent } from '#functions/session-socket.ts';
import type { Invoke } from './load-functions.ts';

/** Takes over a connection that a client wants to use as a socket. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface LocalSockets extends SessionSockets {
  /** Serves sockets by the function behind the WebSocket routes of serverless.yml. */
  upgrade(invoke: () => Invoke, log: Log): Upgrade;
  /** Hangs up on everybody. */
  closeAll(): void;
}

export const SOCKET_PATH = '/_sessions';

/** As the gateway's own limit for a message. */
const MAX_MESSAGE_BYTES = 128 * 1024;
/** A client that reads more slowly than it is sent to is hung up on; what it did not confirm is not lost on it. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;

type RouteKey = '$connect' | '$disconnect' | '$default';

/** What a WebSocket API is on AWS. Unlike that one it passes binary frames on, in base64, as an HTTP API does. */
export function createLocalSockets(url: string): LocalSockets {
  const open = new Map<string, WebSocket>();
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  return {
    url,
    send: async (connection, frame) => {
      const socket = open.get(connection);
      if (socket?.readyState !== socket?.OPEN || socket === undefined) return false;
      if (socket.bufferedAmount > MAX_BUFFERED_BYTES) socket.terminate();
      else socket.send(frame);
      return true;
    },
    close: async (connection) => {
      open.get(connection)?.close(1000);
    },
    closeAll: () => {
      for (const socket of open.values()) socket.terminate();
    },
    upgrade: (invoke, log) => (request, duplex, head) => {
      const [path, query = ''] = (request.url ?? '').split('?');
      const connection = randomUUID();
      // Any page a browser shows may open sockets to this machine; this one is for programs. Browsers say where from.
      if (path !== SOCKET_PATH || request.headers.origin !== undefined) return refuse(duplex, 403);
      duplex.on('error', () => duplex.destroy());
      void status(invoke, { ...event(connection, '$connect'), queryStringParameters: queryOf(query) }, log).then(
        (code) => {
          if (code !== 200) return refuse(duplex, code);
          server.handleUpgrade(request, duplex, head, (socket) => {
            open.set(connection, socket);
            serve(socket, connection, invoke, log, () => open.delete(connection));
          });
        },
      );
    },
  };
}

/** One message after the other, as they came. */
function serve(socket: WebSocket, connection: string, invoke: () => Invoke, log: Log, onGone: () => void): void {
  let turn: Promise<unknown> = Promise.resolve();
  const then = (next: SocketGatewayEvent): void => {
    turn = turn.then(() => status(invoke, next, log));
  };
  socket.on('message', (data: Buffer, isBinary) => {
    const body = data.toString(isBinary ? 'base64' : 'utf8');
    then({ ...event(connection, '$default'), body, isBase64Encoded: isBinary });
  });
  socket.on('error', (error) => log.debug('socket failed', { connection, error }));
  socket.once('close', () => {
    onGone();
    then(event(connection, '$disconnect'));
  });
}

async function status(invoke: () => Invoke, next: SocketGatewayEvent, log: Log): Promise<number> {
  try {
    return ((await invoke()(next)) as { readonly statusCode: number }).statusCode;
  } catch (error) {
    log.error('socket event failed', { route: next.requestContext.routeKey, error });
    return 500;
  }
}

const queryOf = (query: string): Record<string, string> => Object.fromEntries(new URLSearchParams(query));

const TYPES = { $connect: 'CONNECT', $disconnect: 'DISCONNECT', $default: 'MESSAGE' } as const;

/** The parts of the gateway's event that the function reads, and what the types ask for beside them. */
const event = (connectionId: string, routeKey: RouteKey): SocketGatewayEvent => ({
  requestContext: {
    routeKey,
    messageId: randomUUID(),
    eventType: TYPES[routeKey],
    extendedRequestId: '',
    requestTime: '',
    messageDirection: 'IN',
    stage: 'local',
    connectedAt: 0,
    requestTimeEpoch: 0,
    requestId: randomUUID(),
    domainName: 'localhost',
    connectionId,
    apiId: 'local',
  },
  isBase64Encoded: false,
});

function refuse(duplex: Duplex, code: number): void {
  duplex.end(`HTTP/1.1 ${code} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
