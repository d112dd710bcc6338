import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import type { AgentKey } from './agent-key.ts';

/** Who signs a request. The instance id is empty before the first registration was answered. */
export interface Credential {
  readonly key: AgentKey;
  /** Names the registration together with the instance id: the server stores instances by cluster. */
  readonly cluster: string;
  readonly instanceId: string;
  readonly agentEpoch: number;
}

const LIFETIME_SECONDS = 60;

/** A bearer token of one minute that is good for one body only; without a body it names no hash. `now` is epoch ms. */
export function signToken(credential: Credential, now: number, body?: string): Promise<string> {
  const { key, cluster, instanceId, agentEpoch } = credential;
  const issued = Math.floor(now / 1_000);
  const bodyHash = body === undefined ? {} : { bh: createHash('sha256').update(body).digest('base64url') };
  return new SignJWT({ cluster, epoch: agentEpoch, ...bodyHash })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(instanceId)
    .setSubject('agent')
    .setAudience('berth-agent')
    .setIssuedAt(issued)
    .setExpirationTime(issued + LIFETIME_SECONDS)
    .sign(key.signingKey);
}
