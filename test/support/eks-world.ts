import { Sha256 } from '@aws-crypto/sha256-js';
import { EKSClient } from '@aws-sdk/client-eks';
import { SignatureV4 } from '@smithy/signature-v4';
import type { EcsAnswer, EcsRequest } from '#api/ecs/ecs-request.ts';
import { serveEks } from '#api/eks/serve.ts';
import type { Dependencies } from '#control/dependencies.ts';
import { seedFargate } from '#control/eks/seed-fargate.ts';
import { CREDENTIALS, KEYS } from './ecs-request.ts';
import { type KubeWorld, kubeWorld } from './kube-world.ts';

const HOST = 'eks.test';
export const KUBE = { endpoint: 'https://kube.test', authority: '-----BEGIN CERTIFICATE-----\n' };
export const ROLE = 'arn:aws:iam::000000000000:role/pods';

export interface EksWorld {
  readonly kube: KubeWorld;
  readonly deps: Dependencies;
  /** An ordinary SDK client whose requests go straight into serveEks. */
  readonly eks: EKSClient;
  readonly serve: (request: EcsRequest) => Promise<EcsAnswer>;
  /** A correctly signed request, sent as it is. */
  send(method: string, path: string, body?: string, options?: SendOptions): Promise<EcsAnswer>;
  /** Delivers everything that is due, time after time, until nothing waits any more. */
  settle(): Promise<void>;
}

export interface SendOptions {
  readonly service?: string;
  /** The path as it arrives, where a gateway changes it on the way. */
  readonly arrivesAs?: string;
}

/** The EKS and Kubernetes faces over one embedded store, with the cluster and the profile a local stack begins with. */
export async function eksWorld(): Promise<EksWorld> {
  const kube = await kubeWorld();
  const { deps, clock } = kube.world;
  await seedFargate(deps, 'default');
  const serve = (request: EcsRequest): Promise<EcsAnswer> => serveEks({ deps, keys: KEYS, kube: KUBE }, request);
  const { region } = deps.scope;
  const signer = (service = 'eks') => new SignatureV4({ credentials: CREDENTIALS, region, service, sha256: Sha256 });
  const signingDate = (): Date => new Date(clock.now());
  const eks = new EKSClient({
    region,
    endpoint: `https://${HOST}`,
    credentials: CREDENTIALS,
    maxAttempts: 1,
    signer: { sign: (request, options) => signer().sign(request, { ...options, signingDate: signingDate() }) },
    requestHandler: {
      handle: async (request: SdkRequest) => {
        const answer = await serve(plain(request));
        const response = { statusCode: answer.status, headers: { ...answer.headers }, body: Buffer.from(answer.body) };
        return { response };
      },
    },
  });
  return {
    kube,
    deps,
    eks,
    serve,
    async send(method, url, body = '', { service, arrivesAs } = {}) {
      const [path = '', query = ''] = url.split('?');
      const parameters = Object.fromEntries(new URLSearchParams(query));
      const request = {
        method,
        protocol: 'https:',
        hostname: HOST,
        path,
        query: parameters,
        headers: { host: HOST },
        body,
      };
      const { headers } = await signer(service).sign(request, { signingDate: signingDate() });
      return serve({ method, path: arrivesAs ?? path, query, headers, body });
    },
    async settle() {
      for (let round = 0; round < 5; round += 1) {
        await kube.world.settle();
        kube.world.advance(2_000);
      }
      await kube.world.settle();
    },
  };
}

/** The parts of the SDK's own request that are needed here. */
interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

function plain({ method, path, query = {}, headers, body = '' }: SdkRequest): EcsRequest {
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
  return {
    method,
    path,
    query: new URLSearchParams(pairs).toString(),
    headers,
    body: typeof body === 'string' ? body : new TextDecoder().decode(body),
  };
}
