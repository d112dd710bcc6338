import { createHash } from 'node:crypto';

/**
 * Messages of the data channel that Session Manager's clients speak. Header, big endian: its length (4), type (32, padded
 * with blanks), schema version (4), created (8), sequence (8), flags (8), id (16, its halves swapped), SHA-256 of the
 * payload (32), payload type (4), payload length (4); then the payload. Facts from aws/session-manager-plugin.
 */
export interface AgentMessage {
  readonly type: MessageType;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly sequence: number;
  readonly flags: number;
  /** A UUID. */
  readonly id: string;
  readonly payloadType: number;
  readonly payload: Uint8Array;
}

export type MessageType = (typeof MESSAGE_TYPES)[number];

const MESSAGE_TYPES = [
  'input_stream_data',
  'output_stream_data',
  'acknowledge',
  'channel_closed',
  'start_publication',
  'pause_publication',
] as const;

/** What a payload is. */
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

/** Bits of the header's flags: first and last message of a stream. */
export const FLAGS = { first: 1, last: 2 } as const;

/** Number that a payload of type `flag` carries when the client wants the session over. */
export const TERMINATE_SESSION = 2;

const AT = { type: 4, schema: 36, created: 40, sequence: 48, flags: 56, id: 64, digest: 80, payloadType: 112 } as const;
const HEADER_LENGTH = 116;
const PAYLOAD_AT = HEADER_LENGTH + 4;
const SCHEMA = 1;

/** Nothing a client sends is larger. */
export const MAX_MESSAGE_BYTES = 64 * 1024;

export function encodeMessage(message: AgentMessage): Buffer {
  const { payload } = message;
  const bytes = Buffer.alloc(PAYLOAD_AT + payload.length);
  bytes.writeUInt32BE(HEADER_LENGTH, 0);
  bytes.write(message.type.padEnd(AT.schema - AT.type), AT.type, 'latin1');
  bytes.writeUInt32BE(SCHEMA, AT.schema);
  bytes.writeBigUInt64BE(BigInt(message.createdAt), AT.created);
  bytes.writeBigInt64BE(BigInt(message.sequence), AT.sequence);
  bytes.writeBigUInt64BE(BigInt(message.flags), AT.flags);
  const id = Buffer.from(message.id.replaceAll('-', ''), 'hex');
  Buffer.concat([id.subarray(8, 16), id.subarray(0, 8)]).copy(bytes, AT.id);
  digestOf(payload).copy(bytes, AT.digest);
  bytes.writeUInt32BE(message.payloadType, AT.payloadType);
  bytes.writeUInt32BE(payload.length, HEADER_LENGTH);
  bytes.set(payload, PAYLOAD_AT);
  return bytes;
}

/** Undefined when the bytes are no such message: too short, too long, of an unknown type, or not what their digest says. */
export function decodeMessage(bytes: Buffer): AgentMessage | undefined {
  if (bytes.length < PAYLOAD_AT || bytes.length > MAX_MESSAGE_BYTES) return undefined;
  if (bytes.readUInt32BE(0) !== HEADER_LENGTH) return undefined;
  const payload = bytes.subarray(PAYLOAD_AT);
  if (bytes.readUInt32BE(HEADER_LENGTH) !== payload.length) return undefined;
  const name = bytes.toString('latin1', AT.type, AT.schema).replaceAll('\0', ' ').trim();
  const type = MESSAGE_TYPES.find((known) => known === name);
  const sequence = Number(bytes.readBigInt64BE(AT.sequence));
  if (!type || !Number.isSafeInteger(sequence) || sequence < 0) return undefined;
  if (payload.length > 0 && !isDigestOf(payload, bytes.subarray(AT.digest, AT.payloadType))) return undefined;
  return {
    type,
    createdAt: Number(bytes.readBigUInt64BE(AT.created)),
    sequence,
    flags: Number(bytes.readBigUInt64BE(AT.flags) & 0xffn),
    id: uuidAt(bytes),
    payloadType: bytes.readUInt32BE(AT.payloadType),
    payload,
  };
}

const digestOf = (payload: Uint8Array): Buffer => createHash('sha256').update(payload).digest();

/** Clients in use write the digest's first 32 hex digits where the digest belongs; AWS takes it from them, too. */
function isDigestOf(payload: Uint8Array, written: Buffer): boolean {
  const digest = digestOf(payload);
  return digest.equals(written) || digest.toString('hex', 0, 16) === written.toString('latin1');
}

function uuidAt(bytes: Buffer): string {
  const hex = bytes.toString('hex', AT.id + 8, AT.id + 16) + bytes.toString('hex', AT.id, AT.id + 8);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
