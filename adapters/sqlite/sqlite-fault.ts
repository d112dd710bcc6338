import { Fault } from '#core/fault.ts';

/** Primary result codes of SQLite that speak of the world (locks, disk, file), not of a mistake in our statements. */
const WORLDLY = new Set([
  5, // BUSY
  6, // LOCKED
  7, // NOMEM
  8, // READONLY
  10, // IOERR
  11, // CORRUPT
  13, // FULL
  14, // CANTOPEN
  15, // PROTOCOL
  26, // NOTADB
]);

/** The low byte of an extended result code is the primary one. */
const primaryCode = (error: Error): number | undefined =>
  'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;

const isClosed = (error: Error): boolean => 'code' in error && error.code === 'ERR_INVALID_STATE';

/** Unavailable for a store that cannot answer; anything else is a bug and stays what it is. */
export function faultOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = primaryCode(error);
  if (isClosed(error) || (code !== undefined && WORLDLY.has(code))) {
    return new Fault('Unavailable', `the embedded store cannot answer: ${error.message}`, {}, { cause: error });
  }
  return error;
}
