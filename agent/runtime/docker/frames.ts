import type { OutputChunk } from '../port.ts';

/** Header of a piece: stream (1), nothing (3), length (4, big endian). */
const HEADER_LENGTH = 8;
const STDERR = 2;

/** Takes apart what an engine sends of a container without terminal: both streams in one, piece by piece. */
export async function* readFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<OutputChunk> {
  let rest: Buffer = Buffer.alloc(0);
  let left = 0;
  let stream: OutputChunk['stream'] = 'stdout';
  for await (const chunk of source) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    for (;;) {
      if (left > 0 && rest.length > 0) {
        const data = rest.subarray(0, left);
        rest = rest.subarray(data.length);
        left -= data.length;
        yield { stream, data };
      } else if (left === 0 && rest.length >= HEADER_LENGTH) {
        stream = rest[0] === STDERR ? 'stderr' : 'stdout';
        left = rest.readUInt32BE(4);
        rest = rest.subarray(HEADER_LENGTH);
      } else break;
    }
  }
}

/** With a terminal there is one stream, and it comes as it is. */
export async function* readPlain(source: AsyncIterable<Uint8Array>): AsyncGenerator<OutputChunk> {
  for await (const data of source) yield { stream: 'stdout', data };
}
