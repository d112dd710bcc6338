import type { Clock, Ids, SessionSockets } from '#control/ports.ts';
import type { InputPiece, OutputPiece, SessionClient, SessionEnd, SessionGrant } from '#core/model/session.ts';
import { type AgentMessage, encodeMessage, FLAGS, PAYLOAD, TERMINATE_SESSION } from './agent-message.ts';

/** Output has the numbers after the two messages of the handshake. */
export const FIRST_OUTPUT = 2;
/** Version that the handshake names; some clients choose by it how they resend. */
const AGENT_VERSION = '3.1.1732.0';

type Content = Pick<AgentMessage, 'type' | 'payload'> & Partial<AgentMessage>;

/** What is needed to speak to one client. */
export interface Line {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly sockets: SessionSockets;
  readonly client: Pick<SessionClient, 'connection' | 'framing'>;
}

/** Sends one message; false when the client is gone. */
async function send({ clock, ids, sockets, client }: Line, content: Content): Promise<boolean> {
  const bytes = encodeMessage({
    createdAt: clock.now(),
    sequence: 0,
    flags: 0,
    id: ids.uuid(),
    payloadType: 0,
    ...content,
  });
  return sockets.send(client.connection, client.framing === 'binary' ? bytes : bytes.toString('base64'));
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** Asks the client what it can do. It has to know one kind of session only. */
export const sendHandshake = (line: Line): Promise<boolean> =>
  send(line, {
    type: 'output_stream_data',
    flags: FLAGS.first,
    payloadType: PAYLOAD.handshakeRequest,
    payload: json({
      AgentVersion: AGENT_VERSION,
      RequestedClientActions: [
        { ActionType: 'SessionType', ActionParameters: { SessionType: 'InteractiveCommands', Properties: null } },
      ],
    }),
  });

/** The handshake is over; `tookMs` since the socket opened the session. */
export const sendHandshakeComplete = (line: Line, tookMs: number): Promise<boolean> =>
  send(line, {
    type: 'output_stream_data',
    sequence: 1,
    payloadType: PAYLOAD.handshakeComplete,
    // The client reads the time as nanoseconds.
    payload: json({ HandshakeTimeToComplete: tookMs * 1_000_000, CustomerMessage: '' }),
  });

export const sendOutput = (line: Line, { sequence, stream, data }: OutputPiece): Promise<boolean> =>
  send(line, {
    type: 'output_stream_data',
    sequence: sequence + FIRST_OUTPUT,
    payloadType: stream === 'stderr' ? PAYLOAD.stderr : PAYLOAD.data,
    payload: Buffer.from(data, 'base64'),
  });

/** Tells the client that a message of its own arrived. */
export const sendAcknowledgement = (line: Line, { type, id, sequence }: AgentMessage): Promise<boolean> =>
  send(line, {
    type: 'acknowledge',
    flags: FLAGS.first | FLAGS.last,
    payload: json({
      AcknowledgedMessageType: type,
      AcknowledgedMessageId: id,
      AcknowledgedMessageSequenceNumber: sequence,
      IsSequentialMessage: true,
    }),
  });

/** The last message: the exit code for clients that want it, then why the channel closes; the plugin prints the reason. */
export async function sendEnd(line: Line, grant: SessionGrant, end: SessionEnd, sequence: number): Promise<void> {
  const { sessionId, client } = grant;
  if (client?.wantsExitCode && end.exitCode !== undefined) {
    const payload = Buffer.from(String(end.exitCode));
    const at = sequence + FIRST_OUTPUT;
    await send(line, { type: 'output_stream_data', sequence: at, payloadType: PAYLOAD.exitCode, payload });
  }
  const messageId = line.ids.uuid();
  await send(line, {
    type: 'channel_closed',
    id: messageId,
    payload: json({
      MessageId: messageId,
      CreatedDate: new Date(line.clock.now()).toISOString(),
      DestinationId: sessionId,
      SessionId: sessionId,
      MessageType: 'channel_closed',
      SchemaVersion: 1,
      Output: end.reason ?? '',
    }),
  });
}

/** A client's message as a piece of input; undefined when it is none that a client of a command may send. */
export function inputOf({ sequence, flags, payloadType, payload }: AgentMessage): InputPiece | undefined {
  if ((flags & FLAGS.last) !== 0) return { sequence, kind: 'end' };
  switch (payloadType) {
    case PAYLOAD.data:
      return { sequence, kind: 'data', data: Buffer.from(payload).toString('base64') };
    case PAYLOAD.size:
      return sizeOf(sequence, payload);
    case PAYLOAD.flag: {
      const flag = payload.length === 4 ? Buffer.from(payload).readUInt32BE(0) : 0;
      return { sequence, kind: flag === TERMINATE_SESSION ? 'stop' : 'none' };
    }
    case PAYLOAD.handshakeResponse:
      return { sequence, kind: 'none' };
    default:
      return undefined;
  }
}

const MAX_SIDE = 10_000;

/** A size that is none must not hold up what comes behind it. */
function sizeOf(sequence: number, payload: Uint8Array): InputPiece {
  const { cols, rows } = parseJson(payload) as { readonly cols?: unknown; readonly rows?: unknown };
  if (!isSide(cols) || !isSide(rows)) return { sequence, kind: 'none' };
  return { sequence, kind: 'size', columns: cols, rows };
}

const isSide = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) > 0 && Number(value) <= MAX_SIDE;

/** Which of our messages the client has; undefined when it does not say. */
export function acknowledgedBy({ payload }: AgentMessage): number | undefined {
  const { AcknowledgedMessageSequenceNumber: sequence, AcknowledgedMessageType: type } = parseJson(payload) as {
    readonly AcknowledgedMessageSequenceNumber?: unknown;
    readonly AcknowledgedMessageType?: unknown;
  };
  return type === 'output_stream_data' && Number.isSafeInteger(sequence) ? Number(sequence) : undefined;
}

/** An empty object for whatever is no JSON object. */
function parseJson(payload: Uint8Array): object {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {}; // What is not JSON says nothing, and its sender learns by the silence.
  }
}
