import { Fault } from '#core/fault.ts';

/** What one field carries: a whole number, or bytes. */
export type WireValue = bigint | Uint8Array;

const VARINT = 0n;
const FIXED_64 = 1n;
const LENGTH_DELIMITED = 2n;
const FIXED_32 = 5n;
/** 64 bits in sevens. */
const MAX_VARINT_BYTES = 10;

export const malformed = (why: string, cause?: unknown): Fault =>
  new Fault('InvalidParameter', `the body of the request is no Kubernetes protobuf: ${why}`, {}, { cause });

/** Reads the fields of one protobuf message, one after the other. Invariant: it never reads outside of its bytes. */
export class WireReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Number and content of the next field. Faults: InvalidParameter. */
  next(): readonly [number: number, value: WireValue] {
    const tag = this.number();
    const number = Number(tag >> 3n);
    if (number === 0 || number > 0x1fff_ffff) throw malformed(`there is no field ${number}`);
    switch (tag & 7n) {
      case VARINT:
        return [number, this.number()];
      case FIXED_64:
        return [number, this.#take(8n)];
      case LENGTH_DELIMITED:
        return [number, this.#take(this.number())];
      case FIXED_32:
        return [number, this.#take(4n)];
      default:
        throw malformed(`field ${number} has a wire type that nobody writes`);
    }
  }

  /** The next number, of a field that holds many of them. */
  number(): bigint {
    let value = 0n;
    for (let count = 0; count < MAX_VARINT_BYTES; count += 1) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw malformed('it ends within a number');
      this.#at += 1;
      value |= BigInt(byte & 127) << BigInt(7 * count);
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw malformed('a number has more than 64 bits');
  }

  #take(length: bigint): Uint8Array {
    if (length > BigInt(this.#bytes.length - this.#at)) throw malformed('it ends within a field');
    const start = this.#at;
    this.#at += Number(length);
    return this.#bytes.subarray(start, this.#at);
  }
}
