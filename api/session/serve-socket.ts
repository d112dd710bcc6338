import { z } from 'zod';
import type { Dependencies } from '#control/dependencies.ts';
import { attachClient, confirmOutput, readyClient, sessionOf, takeInput } from '#control/sessions/client-half.ts';
import { closeSession } from '#control/sessions/close-session.ts';
import { Fault } from '#core/fault.ts';
import type { SessionGrant } from '#core/model/session.ts';
import { type AgentMessage, decodeMessage, MAX_MESSAGE_BYTES, PAYLOAD } from './agent-message.ts';
import {
  acknowledgedBy,
  FIRST_OUTPUT,
  inputOf,
  type Line,
  sendAcknowledgement,
  sendEnd,
  sendHandshake,
  sendHandshakeComplete,
} from './data-channel.ts';
import { ticketReader } from './tickets.ts';

/** What happens on a socket, free of any gateway's types. */
export type SocketEvent =
  | { readonly kind: 'connect'; readonly connection: string; readonly ticket: string | undefined }
  | { readonly kind: 'message'; readonly connection: string; readonly body: string | Buffer }
  | { readonly kind: 'disconnect'; readonly connection: string };

export interface SocketServer {
  readonly deps: Dependencies;
  /** What tickets are signed with. */
  readonly secret: () => Promise<string>;
}

/** The first message: who the client is, and the token that opens the session. Members of ours begin with Berth. */
const opening = z.object({
  TokenValue: z.string().max(1_024),
  /** Frames as base64 text: the gateway of AWS lets no others through. */
  BerthFraming: z.literal('base64').optional(),
  BerthTerminal: z.boolean().optional(),
  BerthExitCode: z.literal(true).optional(),
});

const MAX_OPENING_BYTES = 8 * 1024;

/** Serves one event of a client's socket and answers the status a gateway wants. Faults become statuses. */
export async function serveSocket(server: SocketServer, event: SocketEvent): Promise<number> {
  try {
    switch (event.kind) {
      case 'connect':
        return (await ticketOf(server)(event.ticket, 'url')) === undefined ? 403 : 200;
      case 'message':
        return await message(server, event.connection, event.body);
      case 'disconnect': {
        const grant = await sessionOf(server.deps, event.connection);
        if (grant) await closeSession(server.deps, grant.sessionId, 'The client went away.');
        return 200;
      }
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    server.deps.log.info('socket refused', { kind: event.kind, code: error.code, message: error.message });
    await server.deps.sockets?.close(event.connection);
    return error.code === 'Unavailable' || error.code === 'Contended' ? 503 : 403;
  }
}

const ticketOf = ({ deps, secret }: SocketServer) => ticketReader(secret, deps.clock);

async function message(server: SocketServer, connection: string, body: string | Buffer): Promise<number> {
  const { deps } = server;
  if (typeof body === 'string' && body.startsWith('{')) return open(server, connection, body);
  const grant = await sessionOf(deps, connection);
  const { sockets } = deps;
  if (!grant?.client || !sockets) throw new Fault('AccessDenied', 'this socket opened no session');
  const line: Line = { ...deps, sockets, client: grant.client };
  const bytes = typeof body === 'string' ? Buffer.from(body.slice(0, 2 * MAX_MESSAGE_BYTES), 'base64') : body;
  const decoded = decodeMessage(bytes);
  // What cannot be read was not received: its sender hears nothing and sends it again.
  if (decoded) await receive(deps, line, grant, decoded);
  return 200;
}

async function open(server: SocketServer, connection: string, body: string): Promise<number> {
  const { deps } = server;
  if (body.length > MAX_OPENING_BYTES) throw new Fault('AccessDenied', 'the first message is too long');
  const asked = opening.safeParse(parse(body));
  const sessionId = asked.success ? await ticketOf(server)(asked.data.TokenValue, 'token') : undefined;
  const { sockets } = deps;
  if (!asked.success || sessionId === undefined || !sockets) throw new Fault('AccessDenied', 'the token is not valid');
  const {
    BerthFraming: framing = 'binary',
    BerthTerminal: terminal,
    BerthExitCode: wantsExitCode = false,
  } = asked.data;
  const grant = await attachClient(deps, sessionId, {
    connection,
    framing,
    wantsExitCode,
    ...(terminal !== undefined && { terminal }),
  });
  if (grant.client) await sendHandshake({ ...deps, sockets, client: grant.client });
  return 200;
}

async function receive(deps: Dependencies, line: Line, grant: SessionGrant, received: AgentMessage): Promise<void> {
  if (received.type === 'acknowledge') {
    const sequence = acknowledgedBy(received);
    if (sequence === undefined || sequence < FIRST_OUTPUT) return;
    return confirmOutput(deps, grant.sessionId, sequence - FIRST_OUTPUT);
  }
  const piece = received.type === 'input_stream_data' ? inputOf(received) : undefined;
  if (!piece) return;
  const outcome = await takeInput(deps, grant, piece);
  if (outcome === 'full') return;
  if (outcome !== 'taken') return end(deps, line, grant, outcome.over);
  await sendAcknowledgement(line, received);
  if (grant.client?.isReady) return;
  // A client that begins to type knows no handshake; AWS waits for it a moment and does without it, too.
  const isAnswer = received.payloadType === PAYLOAD.handshakeResponse;
  if (isAnswer) await sendHandshakeComplete(line, deps.clock.now() - (grant.client?.openedAt ?? 0));
  await readyClient(deps, grant.sessionId);
}

async function end(deps: Dependencies, line: Line, grant: SessionGrant, reason: string): Promise<void> {
  await closeSession(deps, grant.sessionId, reason);
  await sendEnd(line, grant, { reason }, 0);
  await line.sockets.close(line.client.connection);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // The schema refuses it.
  }
}
