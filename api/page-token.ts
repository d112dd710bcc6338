import { createHmac, timingSafeEqual } from 'node:crypto';
import { Fault } from '#core/fault.ts';

/** What a page token belongs to: used with anything else it is refused. */
export interface Listing {
  readonly operation: string;
  /** The cluster and every filter of the request; only the size of a page may change between pages. */
  readonly filter: unknown;
}

/** Where and when a token is written or read. */
export interface TokenContext {
  readonly key: string;
  readonly principalArn: string;
  readonly now: number;
}

const VERSION = 1;
const MAX_LENGTH = 4096;
const MAC_BYTES = 32;
const LIFETIME_MS = 24 * 3_600_000;

/** Writes the cursor as opaque text: the cursor, its end of life, and a signature over both and all it belongs to. */
export function writeToken(context: TokenContext, listing: Listing, after: string): string {
  const body = JSON.stringify([VERSION, context.now + LIFETIME_MS, after]);
  return Buffer.concat([sign(context, listing, body), Buffer.from(body)]).toString('base64url');
}

/** Reads a token back. Throws InvalidParameter for text that is no token of this listing and caller, or is too old. */
export function readToken(context: TokenContext, listing: Listing, token: string): string {
  const bytes = token.length > MAX_LENGTH ? Buffer.alloc(0) : Buffer.from(token, 'base64url');
  // Base64 has spare bits and skips what it does not know: only the very text that was written is a token.
  const isWhole = bytes.length > MAC_BYTES && bytes.toString('base64url') === token;
  const body = bytes.subarray(MAC_BYTES).toString();
  if (!isWhole || !timingSafeEqual(bytes.subarray(0, MAC_BYTES), sign(context, listing, body))) {
    throw new Fault('InvalidParameter', 'Invalid token');
  }
  // Only writeToken signs, so what is signed has its shape.
  const [, expiresAt, after] = JSON.parse(body) as [number, number, string];
  if (expiresAt <= context.now) {
    throw new Fault('InvalidParameter', 'The token has expired; list again from the first page.');
  }
  return after;
}

function sign({ key, principalArn }: TokenContext, { operation, filter }: Listing, body: string): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([operation, filter, principalArn, body]))
    .digest();
}
