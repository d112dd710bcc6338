import { timingSafeEqual } from 'node:crypto';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Dependencies } from '#control/dependencies.ts';
import { listEksClusters } from '#control/eks/list-eks-clusters.ts';
import { eksClusters } from '#control/eks/records.ts';
import { readMany } from '#control/records.ts';
import type { AccessKeys } from '../../ecs/access-keys.ts';
import { type PresignedCall, readPresignedCall } from './presigned-call.ts';
import type { KubeUser, TokenVerifier } from './token-verifier.ts';

export interface AwsTokenOptions {
  readonly deps: Pick<Dependencies, 'store' | 'clock' | 'scope'>;
  readonly keys: AccessKeys;
  /** Hosts that a token may be written for beside those of STS. */
  readonly hosts: readonly string[];
}

/** How long a verdict is remembered: clients show one token for minutes, and a revoked key must not open much longer (X8). */
const REMEMBERED_MS = 30_000;
const MAX_REMEMBERED = 1_000;
const PAGE = 100;

/** Who may use an access key of the installation is its operator. */
const GROUPS = ['system:masters', 'system:authenticated'];

/**
 * Vouches for the tokens of `aws eks get-token`: a call of STS GetCallerIdentity that is signed and never made. Nobody is asked and
 * nothing is dialled: the signature is checked with the installation's own access keys. The name of the cluster is under the
 * signature and not in the token, so the cluster is the one whose name makes the signature right.
 */
export function awsTokens({ deps, keys, hosts }: AwsTokenOptions): TokenVerifier {
  const { clock, scope } = deps;
  const remembered = new Map<string, { readonly user: KubeUser; readonly until: number }>();
  return {
    async verify(token) {
      const now = clock.now();
      const call = readPresignedCall(token, { now, region: scope.region, hosts });
      if (!call) return undefined;
      const known = remembered.get(token);
      if (known && known.until > now) return known.user;
      const key = await keys.find(call.accessKeyId);
      if (!key) return undefined;
      const cluster = await clusterOf(deps, call, key.secretAccessKey);
      if (cluster === undefined) return undefined;
      const { principalArn } = key;
      const user = { name: principalArn, uid: `${cluster}:${principalArn}`, groups: GROUPS, cluster };
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      remembered.set(token, { user, until: now + REMEMBERED_MS });
      return user;
    },
  };
}

/** The ACTIVE cluster that a call was signed for. */
async function clusterOf(
  { store }: Pick<Dependencies, 'store'>,
  call: PresignedCall,
  secretAccessKey: string,
): Promise<string | undefined> {
  const signer = new SignatureV4({
    credentials: { accessKeyId: call.accessKeyId, secretAccessKey },
    region: call.region,
    service: 'sts',
    sha256: Sha256,
    applyChecksum: false,
  });
  let after: string | undefined;
  do {
    const page = await listEksClusters({ store }, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const name of page.names)
      if (await isSignedFor(signer, call, name)) return (await isActive(store, name)) ? name : undefined;
    after = page.next;
  } while (after !== undefined);
  return undefined;
}

async function isSignedFor(signer: SignatureV4, call: PresignedCall, cluster: string): Promise<boolean> {
  const again = await signer.presign(
    {
      method: 'GET',
      protocol: call.protocol,
      hostname: call.host,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: call.host, 'x-k8s-aws-id': cluster },
    },
    { signingDate: call.signedAt, expiresIn: call.expiresSeconds },
  );
  const expected = again.query?.['X-Amz-Signature'];
  return (
    typeof expected === 'string' &&
    expected.length === call.signature.length &&
    timingSafeEqual(Buffer.from(expected), Buffer.from(call.signature))
  );
}

const isActive = async (store: Dependencies['store'], name: string): Promise<boolean> =>
  (await readMany(store, eksClusters, [name]))[0]?.value.status === 'ACTIVE';
