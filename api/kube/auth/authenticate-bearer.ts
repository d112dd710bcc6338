import { Fault } from '#core/fault.ts';
import type { KubeUser, TokenVerifier } from './token-verifier.ts';

/** A k8s-aws-v1 token carries a whole signed URL; nothing honest is longer than this. */
const MAX_TOKEN = 16_384;

/** Rule X5: the first thing that is done with a request. Faults: Unauthenticated. */
export async function authenticateBearer(
  verifiers: readonly TokenVerifier[],
  headers: Readonly<Record<string, string>>,
): Promise<KubeUser> {
  const [, token] = /^Bearer +([\w.~+/-]+=*)$/i.exec(headers['authorization'] ?? '') ?? [];
  if (token !== undefined && token.length <= MAX_TOKEN) {
    for (const verifier of verifiers) {
      const user = await verifier.verify(token);
      if (user) return user;
    }
  }
  throw new Fault('Unauthenticated', 'Unauthorized');
}
