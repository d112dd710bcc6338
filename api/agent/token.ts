import { createHash } from 'node:crypto';
import { decodeJwt, importJWK, type JWTPayload, jwtVerify } from 'jose';
import { Fault } from '#core/fault.ts';

/** Agents' clocks may be off by this much; a token itself lives a minute. */
const CLOCK_WINDOW_SECONDS = 300;
const MAX_LIFETIME_SECONDS = 60;
const MAX_TOKEN_LENGTH = 4_096;

export const AGENT_AUDIENCE = 'berth-agent';

/** What an agent says about itself; nothing of it is true before `verifyToken` passed. */
export interface AgentClaims {
  /** Empty at first registration. */
  readonly instanceId: string;
  /** Absent at first registration. */
  readonly cluster?: string;
  readonly epoch: number;
  /** base64url SHA-256 of the body the token was made for; a channel poll has none. */
  readonly bodyHash?: string;
}

export const unauthenticated = (message: string, cause?: unknown): Fault =>
  new Fault('Unauthenticated', message, {}, cause === undefined ? undefined : { cause });

/** The token of an Authorization header; the scheme is case-insensitive. Faults: Unauthenticated. */
export function bearerToken(authorization: string | undefined): string {
  const match = /^bearer +([A-Za-z0-9_.-]+)$/i.exec(authorization ?? '');
  if (!match?.[1] || match[1].length > MAX_TOKEN_LENGTH) throw unauthenticated('a bearer token is required');
  return match[1];
}

/** Reads the claims without believing them, to learn whose key must verify the token. Faults: Unauthenticated. */
export function readClaims(token: string): AgentClaims {
  const payload = decode(token);
  const { iss, cluster, epoch, bh } = payload;
  if (typeof iss !== 'string' || !/^[0-9a-zA-Z-]{0,64}$/.test(iss)) throw unauthenticated('iss is not an instance id');
  if (typeof epoch !== 'number' || !Number.isSafeInteger(epoch) || epoch < 0) throw unauthenticated('epoch is missing');
  if (cluster !== undefined && !(typeof cluster === 'string' && /^[a-zA-Z0-9_-]{1,255}$/.test(cluster))) {
    throw unauthenticated('cluster is not a cluster name');
  }
  return {
    instanceId: iss,
    epoch,
    ...(typeof cluster === 'string' && { cluster }),
    ...(typeof bh === 'string' && { bodyHash: bh }),
  };
}

function decode(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch (cause) {
    throw unauthenticated('the token is not a JWT', cause);
  }
}

/** A public key ready to verify with; whoever remembers an agent remembers this, not the text. */
export type AgentKey = Awaited<ReturnType<typeof importJWK>>;

/** `publicKey` is the base64url of 32 raw bytes. Faults: Unauthenticated. */
export async function importAgentKey(publicKey: string): Promise<AgentKey> {
  try {
    return await importJWK({ kty: 'OKP', crv: 'Ed25519', x: publicKey }, 'EdDSA');
  } catch (cause) {
    throw unauthenticated('the public key is not an Ed25519 key', cause);
  }
}

/** Checks signature, audience and times. Faults: Unauthenticated. */
export async function verifyToken(token: string, key: AgentKey, now: number): Promise<void> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['EdDSA'],
      audience: AGENT_AUDIENCE,
      currentDate: new Date(now),
      clockTolerance: CLOCK_WINDOW_SECONDS,
      requiredClaims: ['iss', 'iat', 'exp'],
    });
    checkTimes(payload, now);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw unauthenticated('the token does not verify', cause);
  }
}

// jose checks `exp` alone; a token dated far ahead, or one that lives for hours, must not pass either.
function checkTimes({ iat = 0, exp = 0 }: JWTPayload, now: number): void {
  if (exp - iat > MAX_LIFETIME_SECONDS) throw unauthenticated('the token lives longer than a minute');
  if (iat > now / 1_000 + CLOCK_WINDOW_SECONDS) throw unauthenticated('the token is dated in the future');
}

/** True when the token was made for exactly this body. */
export const bodyMatches = (claims: AgentClaims, body: string): boolean =>
  claims.bodyHash === createHash('sha256').update(body, 'utf8').digest('base64url');
