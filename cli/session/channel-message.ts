import { createHash, randomUUID } from 'node:crypto';

/** A message of Session Manager's data channel, as far as a client needs it. */
export interface ChannelMessage {
  readonly type: string;
  readonly sequence: number;
  /** A UUID. */
  readonly id: string;
  readonly payloadType: number;
  readonly payload: Buffer;
}

export const PAYLOAD = {
  data: 1,
  size: 3,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  flag: 10,
  stderr: 11,
  exitCode: 12,
} as const;

/** Header flag of the last message of a stream. */
export const LAST = 2;

const HEADER_LENGTH = 116;
const PAYLOAD_AT = 120;

/** The message as base64 text, the framing that any gateway lets through. */
export function encodeMessage(
  type: 'input_stream_data' | 'acknowledge',
  { sequence = 0, payloadType = 0, flags = 0, payload = Buffer.alloc(0) }: Partial<ChannelMessage> & { flags?: number },
): string {
  const bytes = Buffer.alloc(PAYLOAD_AT + payload.length);
  bytes.writeUInt32BE(HEADER_LENGTH, 0);
  bytes.write(type.padEnd(32), 4, 'latin1');
  bytes.writeUInt32BE(1, 36);
  bytes.writeBigUInt64BE(BigInt(Date.now()), 40);
  bytes.writeBigInt64BE(BigInt(sequence), 48);
  bytes.writeBigUInt64BE(BigInt(flags), 56);
  // Its two halves are swapped; any id will do, but it must not be nothing.
  Buffer.from(randomUUID().replaceAll('-', ''), 'hex').copy(bytes, 64);
  createHash('sha256').update(payload).digest().copy(bytes, 80);
  bytes.writeUInt32BE(payloadType, 112);
  bytes.writeUInt32BE(payload.length, HEADER_LENGTH);
  payload.copy(bytes, PAYLOAD_AT);
  return bytes.toString('base64');
}

/** Undefined when the text is no whole message. */
export function decodeMessage(text: string): ChannelMessage | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length < PAYLOAD_AT || bytes.readUInt32BE(HEADER_LENGTH) !== bytes.length - PAYLOAD_AT) return undefined;
  const hex = bytes.toString('hex', 72, 80) + bytes.toString('hex', 64, 72);
  return {
    type: bytes.toString('latin1', 4, 36).trim(),
    sequence: Number(bytes.readBigInt64BE(48)),
    id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    payloadType: bytes.readUInt32BE(112),
    payload: bytes.subarray(PAYLOAD_AT),
  };
}
