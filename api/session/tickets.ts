import { createHmac } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { Clock } from '#control/ports.ts';
import { OPEN_WITHIN_MS } from '#core/session/limits.ts';

/** url: lets somebody connect; token: opens the session. Neither is good for the other. */
type Use = 'url' | 'token';

const ALGORITHM = 'HS256';
const MAX_LENGTH = 1_024;

/** What tickets are signed with: drawn from the installation's secret, and of no use for anything else. */
const keyOf = (secret: string): Uint8Array => createHmac('sha256', secret).update('session tickets').digest();

/** A ticket for one session, good for a minute (JWT, HS256). That it works once is the session's own affair. */
export async function issueTicket(secret: string, sessionId: string, use: Use, now: number): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: ALGORITHM })
    .setSubject(sessionId)
    .setAudience(`berth:session:${use}`)
    .setExpirationTime(Math.floor((now + OPEN_WITHIN_MS) / 1_000))
    .sign(keyOf(secret));
}

/** Reads tickets. Nothing is looked up: a ticket that was not written here costs one signature check (X5). */
export const ticketReader =
  (secret: () => Promise<string>, clock: Clock) =>
  /** The id of its session; undefined when it is none, not for this use, or too old. */
  async (ticket: unknown, use: Use): Promise<string | undefined> => {
    if (typeof ticket !== 'string' || ticket.length > MAX_LENGTH) return undefined;
    try {
      const { payload } = await jwtVerify(ticket, keyOf(await secret()), {
        algorithms: [ALGORITHM],
        audience: `berth:session:${use}`,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(clock.now()),
      });
      return payload.sub;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  };
