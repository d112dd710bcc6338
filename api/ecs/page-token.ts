import type { Ids } from '#control/ports.ts';
import { Fault } from '#core/fault.ts';

/** What a page token belongs to: used with anything else it is refused. */
export interface Listing {
  readonly operation: string;
  readonly filter: unknown;
}

const VERSION = 1;
const MAX_LENGTH = 2048;

/** Writes the cursor as opaque text with a checksum over the listing it continues. */
export const writeToken = (ids: Ids, listing: Listing, after: string): string =>
  Buffer.from(JSON.stringify([VERSION, after, checksum(ids, listing, after)])).toString('base64url');

/**
 * Reads a token back. Throws InvalidParameter for text that is no token of this listing.
 * The checksum catches mistakes, not malice: a forged cursor shows nothing its caller could not list anyway.
 */
export function readToken(ids: Ids, listing: Listing, token: string | undefined): string | undefined {
  if (token === undefined || token === '') return undefined;
  const parts = token.length > MAX_LENGTH ? undefined : parse(Buffer.from(token, 'base64url').toString());
  const [version, after, sum] = Array.isArray(parts) ? (parts as readonly unknown[]) : [];
  const isText = typeof after === 'string' && after.isWellFormed();
  if (version !== VERSION || !isText || sum !== checksum(ids, listing, after)) {
    throw new Fault('InvalidParameter', 'Invalid token');
  }
  return after;
}

const checksum = (ids: Ids, listing: Listing, after: string): string =>
  ids.fingerprint([VERSION, listing.operation, listing.filter, after]).slice(0, 16);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault('InvalidParameter', 'Invalid token', {}, { cause });
  }
}
