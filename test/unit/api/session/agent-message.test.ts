import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AgentMessage, decodeMessage, encodeMessage, MAX_MESSAGE_BYTES } from '#api/session/agent-message.ts';
import { decodeMessage as decodeAsClient, encodeMessage as encodeAsClient } from '#cli/session/channel-message.ts';

const SIZE: AgentMessage = {
  type: 'input_stream_data',
  createdAt: 1_700_000_000_123,
  sequence: 7,
  flags: 3,
  id: '00112233-4455-6677-8899-aabbccddeeff',
  payloadType: 3,
  payload: Buffer.from('{"cols":80,"rows":24}'),
};

describe('a message of the data channel', () => {
  test('its bytes, are where Session Manager’s clients look for them', () => {
    const bytes = encodeMessage(SIZE);
    expect(bytes.length).toBe(120 + 21);
    expect(bytes.readUInt32BE(0)).toBe(116);
    expect(bytes.toString('latin1', 4, 36)).toBe('input_stream_data'.padEnd(32));
    expect(bytes.readUInt32BE(36)).toBe(1);
    expect(Number(bytes.readBigUInt64BE(40))).toBe(1_700_000_000_123);
    expect(Number(bytes.readBigInt64BE(48))).toBe(7);
    expect(Number(bytes.readBigUInt64BE(56))).toBe(3);
    // The halves of the id change places.
    expect(bytes.toString('hex', 64, 80)).toBe('8899aabbccddeeff0011223344556677');
    expect(bytes.toString('hex', 80, 112)).toBe(createHash('sha256').update('{"cols":80,"rows":24}').digest('hex'));
    expect(bytes.readUInt32BE(112)).toBe(3);
    expect(bytes.readUInt32BE(116)).toBe(21);
    expect(bytes.toString('utf8', 120)).toBe('{"cols":80,"rows":24}');
  });

  test('any message, comes back as it was', () => {
    const messages = fc.record({
      type: fc.constantFrom('input_stream_data', 'output_stream_data', 'acknowledge', 'channel_closed'),
      createdAt: fc.nat(2 ** 31),
      sequence: fc.nat(2 ** 31),
      flags: fc.nat(255),
      id: fc.uuid(),
      payloadType: fc.nat(20),
      payload: fc.uint8Array({ maxLength: 5_000, size: 'max' }).map((bytes) => Buffer.from(bytes)),
    });
    fc.assert(
      fc.property(messages, (message) => {
        expect(decodeMessage(encodeMessage(message as AgentMessage))).toEqual(message);
      }),
    );
  });

  test('what the command line writes, is read here, and the other way round', () => {
    const { id: _, createdAt: __, ...rest } = SIZE;
    const text = encodeAsClient('input_stream_data', { ...rest, payload: Buffer.from(SIZE.payload) });
    expect(decodeMessage(Buffer.from(text, 'base64'))).toMatchObject(rest);
    const { flags: ___, createdAt: ____, ...shown } = SIZE;
    expect(decodeAsClient(encodeMessage(SIZE).toString('base64'))).toEqual(shown);
  });

  test('a digest written as hex digits, as one client in use does, is taken', () => {
    const bytes = encodeMessage(SIZE);
    const digest = createHash('sha256').update(SIZE.payload).digest('hex');
    bytes.write(digest.slice(0, 32), 80, 'latin1');
    expect(decodeMessage(bytes)).toEqual(SIZE);
  });

  test('a type padded with zeros in front, as one client in use does, is read', () => {
    const bytes = encodeMessage(SIZE);
    bytes.write('input_stream_data'.padStart(32, '\0'), 4, 'latin1');
    expect(decodeMessage(bytes)?.type).toBe('input_stream_data');
  });

  test('bytes that are no message, are nothing', () => {
    const good = encodeMessage(SIZE);
    const spoilt = (change: (bytes: Buffer) => unknown): Buffer => {
      const bytes = Buffer.from(good);
      change(bytes);
      return bytes;
    };
    const wrong = [
      Buffer.alloc(0),
      good.subarray(0, 119),
      good.subarray(0, good.length - 1),
      Buffer.concat([good, Buffer.alloc(1)]),
      spoilt((bytes) => bytes.writeUInt32BE(115, 0)),
      spoilt((bytes) => bytes.write('unknown', 4)),
      spoilt((bytes) => bytes.writeBigInt64BE(-1n, 48)),
      spoilt((bytes) => bytes.writeUInt32BE(2 ** 31, 116)),
      spoilt((bytes) => bytes.write('x', 125)),
      encodeMessage({ ...SIZE, payload: Buffer.alloc(MAX_MESSAGE_BYTES) }),
    ];
    for (const bytes of wrong) expect(decodeMessage(bytes)).toBeUndefined();
  });

  test('any bytes at all, are a message or nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400, size: 'max' }), fc.nat(119), fc.nat(255), (tail, at, byte) => {
        const bytes = Buffer.concat([encodeMessage({ ...SIZE, payload: Buffer.from(tail) })]);
        bytes[at] = byte;
        decodeMessage(bytes);
        decodeMessage(Buffer.from(tail));
      }),
    );
  });
});
