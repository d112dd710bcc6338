import { createHmac } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Clock } from '#control/ports.ts';
import type { KubeUser, TokenVerifier } from './token-verifier.ts';

const AUDIENCE = 'berth:kube';
const ALGORITHM = 'HS256';

const claims = z.object({
  sub: z.string().min(1),
  cluster: z.string().min(1),
  groups: z.array(z.string()),
});

/** What tokens are signed with: drawn from the installation's secret, and of no use for anything else. */
const keyOf = (secret: string): Uint8Array => createHmac('sha256', secret).update('kube tokens').digest();

/** Writes a token for a user of one cluster (JWT, HS256); `lifetimeMs` from now on. */
export async function issueToken(
  secret: string,
  { name, groups, cluster }: Omit<KubeUser, 'uid'>,
  { now, lifetimeMs }: { readonly now: number; readonly lifetimeMs: number },
): Promise<string> {
  return new SignJWT({ cluster, groups: [...groups] })
    .setProtectedHeader({ alg: ALGORITHM })
    .setSubject(name)
    .setAudience(AUDIENCE)
    .setIssuedAt(Math.floor(now / 1_000))
    .setExpirationTime(Math.floor((now + lifetimeMs) / 1_000))
    .sign(keyOf(secret));
}

/** Vouches for the tokens that `issueToken` wrote with the same secret. */
export const issuedTokens = (secret: () => Promise<string>, clock: Clock): TokenVerifier => ({
  async verify(token) {
    try {
      const { payload } = await jwtVerify(token, keyOf(await secret()), {
        algorithms: [ALGORITHM],
        audience: AUDIENCE,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(clock.now()),
      });
      const { sub, cluster, groups } = claims.parse(payload);
      return { name: sub, uid: `${cluster}:${sub}`, groups, cluster };
    } catch (error) {
      // Whatever is wrong with a token, its bearer learns only that it counts for nothing.
      if (error instanceof errors.JOSEError || error instanceof z.ZodError) return undefined;
      throw error;
    }
  },
});
