import { randomUUID } from 'node:crypto';
import { CommandError } from '../errors.ts';
import { type ChannelMessage, decodeMessage, encodeMessage, LAST, PAYLOAD } from './channel-message.ts';

export interface ChannelOptions {
  readonly streamUrl: string;
  readonly tokenValue: string;
  /** Runs the command in a terminal of this size. */
  readonly size: Size | undefined;
  readonly onOutput: (data: Buffer, stream: 'stdout' | 'stderr') => void;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** An open session with a command. */
export interface DataChannel {
  /** Resolves when there is room for more. */
  write(data: Buffer): Promise<void>;
  endInput(): void;
  resize(size: Size): void;
  /** Exit code of the command; rejects with CommandError when there is none. */
  readonly done: Promise<number>;
}

const OPEN_MS = 30_000;
const RESEND_MS = 1_000;
/** Messages on their way; more wait, so that a command that does not read holds its writer up. */
const MAX_UNCONFIRMED = 32;

interface Sent {
  readonly text: string;
  sentAt: number;
}

/** Connects, opens the session with its token, and resolves once the command may be spoken to. */
export async function openChannel({ streamUrl, tokenValue, size, onOutput }: ChannelOptions): Promise<DataChannel> {
  const socket = new WebSocket(streamUrl);
  const ready = Promise.withResolvers<void>();
  const done = Promise.withResolvers<number>();
  const unconfirmed = new Map<number, Sent>();
  const early = new Map<number, ChannelMessage>();
  let expected = 0;
  let nextInput = 0;
  let exitCode: number | undefined;
  let onRoom = (): void => {};

  const input = (payloadType: number, payload?: Buffer, flags = 0): void => {
    const text = encodeMessage('input_stream_data', {
      sequence: nextInput,
      payloadType,
      flags,
      ...(payload && { payload }),
    });
    unconfirmed.set(nextInput, { text, sentAt: Date.now() });
    nextInput += 1;
    socket.send(text);
  };
  const fail = (message: string): void => {
    const error = new CommandError(message);
    ready.reject(error);
    done.reject(error);
  };
  const take = ({ payloadType, payload }: ChannelMessage): void => {
    if (payloadType === PAYLOAD.handshakeRequest) input(PAYLOAD.handshakeResponse, handshakeResponse(payload));
    else if (payloadType === PAYLOAD.handshakeComplete) ready.resolve();
    else if (payloadType === PAYLOAD.exitCode) exitCode = Number(payload.toString('utf8'));
    else onOutput(payload, payloadType === PAYLOAD.stderr ? 'stderr' : 'stdout');
  };
  /** In order, each one once; whatever has come is confirmed. */
  const output = (message: ChannelMessage): void => {
    const { type, id, sequence } = message;
    socket.send(encodeMessage('acknowledge', { payload: acknowledgement(type, id, sequence) }));
    if (sequence >= expected) early.set(sequence, message);
    for (let next = early.get(expected); next; next = early.get(expected)) {
      early.delete(expected);
      expected += 1;
      take(next);
    }
  };

  socket.addEventListener('open', () => {
    const opening = {
      MessageSchemaVersion: '1.0',
      RequestId: randomUUID(),
      TokenValue: tokenValue,
      ClientId: randomUUID(),
      ClientVersion: '1.2.0.0',
      BerthFraming: 'base64',
      BerthTerminal: size !== undefined,
      BerthExitCode: true,
    };
    socket.send(JSON.stringify(opening));
  });
  socket.addEventListener('message', ({ data }) => {
    const message = decodeMessage(String(data));
    if (message?.type === 'output_stream_data') output(message);
    else if (message?.type === 'acknowledge') {
      const { AcknowledgedMessageSequenceNumber: sequence } = JSON.parse(message.payload.toString('utf8'));
      unconfirmed.delete(sequence);
      onRoom();
    } else if (message?.type === 'channel_closed') {
      const { Output: reason = '' } = JSON.parse(message.payload.toString('utf8')) as { Output?: string };
      if (exitCode === undefined) fail(reason || 'the session ended without an exit code');
      else done.resolve(exitCode);
      socket.close();
    }
  });
  socket.addEventListener('error', () => fail('the session could not be opened: nobody answers at its address'));
  socket.addEventListener('close', () => fail('the session was cut off'));

  const late = setTimeout(() => fail('the session did not open in time'), OPEN_MS);
  const resend = setInterval(() => {
    const before = Date.now() - RESEND_MS;
    for (const sent of unconfirmed.values()) {
      if (sent.sentAt > before || socket.readyState !== WebSocket.OPEN) continue;
      sent.sentAt = Date.now();
      socket.send(sent.text);
    }
  }, RESEND_MS / 4);
  // Whoever only waits for `ready` must not be told twice.
  done.promise.catch(() => undefined).finally(() => clearInterval(resend));
  await ready.promise.finally(() => clearTimeout(late));

  const resize = ({ columns, rows }: Size): void =>
    input(PAYLOAD.size, Buffer.from(JSON.stringify({ cols: columns, rows })));
  if (size) resize(size);
  return {
    write: async (data) => {
      input(PAYLOAD.data, data);
      while (unconfirmed.size >= MAX_UNCONFIRMED && socket.readyState === WebSocket.OPEN) {
        await new Promise<void>((resolve) => {
          onRoom = resolve;
        });
      }
    },
    endInput: () => input(PAYLOAD.data, undefined, LAST),
    resize,
    done: done.promise,
  };
}

/** It can do one thing that is asked for: sessions. Encryption with a key of AWS is none of them. */
function handshakeResponse(payload: Buffer): Buffer {
  const { RequestedClientActions: actions = [] } = JSON.parse(payload.toString('utf8')) as {
    readonly RequestedClientActions?: readonly { readonly ActionType: string }[];
  };
  const processed = actions.map(({ ActionType }) => ({
    ActionType,
    ActionStatus: ActionType === 'SessionType' ? 1 : 3,
    ActionResult: null,
    Error: '',
  }));
  return Buffer.from(JSON.stringify({ ClientVersion: '1.2.0.0', ProcessedClientActions: processed, Errors: null }));
}

const acknowledgement = (type: string, id: string, sequence: number): Buffer =>
  Buffer.from(
    JSON.stringify({
      AcknowledgedMessageType: type,
      AcknowledgedMessageId: id,
      AcknowledgedMessageSequenceNumber: sequence,
      IsSequentialMessage: true,
    }),
  );
