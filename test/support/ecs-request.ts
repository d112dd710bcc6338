import { Sha256 } from '@aws-crypto/sha256-js';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SignatureV4 } from '@smithy/signature-v4';
import { createNoCapacity } from '#adapters/no-capacity.ts';
import type { AccessKeys } from '#api/ecs/access-keys.ts';
import type { EcsAnswer, EcsRequest } from '#api/ecs/ecs-request.ts';
import { serveEcs } from '#api/ecs/serve.ts';
import type { Dependencies } from '#control/dependencies.ts';
import { createFleetCache } from '#control/placement/fleet-cache.ts';
import type { Log, StateStore, WorkMessage } from '#control/ports.ts';
import { timingsAt } from '#core/timings.ts';
import { openMemoryStore } from './memory-store.ts';
import { seededIds } from './seeded-ids.ts';
import { type SteppedClock, steppedClock } from './stepped-clock.ts';

export const REGION = 'eu-west-1';
export const ACCOUNT = '123456789012';
export const PRINCIPAL = `arn:aws:iam::${ACCOUNT}:user/ada`;
export const CREDENTIALS = { accessKeyId: 'AKIATEST', secretAccessKey: 'not-a-secret' };
const HOST = 'ecs.test';

export interface EcsHarness {
  readonly deps: Dependencies;
  readonly clock: SteppedClock;
  /** An ordinary SDK client whose requests go straight into serveEcs. */
  readonly client: ECSClient;
  /** Everything the work queue was given. */
  readonly sent: readonly WorkMessage[];
  /** How often the store was called, reads and writes alike. */
  readonly storeCalls: () => number;
  readonly serve: (request: EcsRequest) => Promise<EcsAnswer>;
  /** A correctly signed request; `body` is sent as it is. */
  readonly sign: (operation: string, body: string, options?: SignOptions) => Promise<EcsRequest>;
}

export interface SignOptions {
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly region?: string;
  readonly service?: string;
  readonly at?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly target?: string;
}

/** The ECS face over an empty in-memory store, with a clock that stands still and one known access key. */
export function openEcs(overrides: Partial<Dependencies> = {}): EcsHarness {
  const clock = steppedClock();
  const counted = countCalls(openMemoryStore(clock));
  const sent: WorkMessage[] = [];
  const deps: Dependencies = {
    scope: { accountId: ACCOUNT, region: REGION },
    store: counted.store,
    queue: { send: async (messages) => void sent.push(...messages) },
    channel: { open: async () => {}, ring: async () => {}, close: async () => {} },
    capacity: createNoCapacity(),
    fleet: createFleetCache({ maxAgeMs: 0 }),
    clock,
    ids: seededIds('ecs'),
    log: SILENT,
    timings: timingsAt(),
    ...overrides,
  };
  const serve = (request: EcsRequest): Promise<EcsAnswer> => serveEcs(deps, KEYS, request);
  return {
    deps,
    clock,
    client: sdkClient(clock, serve),
    sent,
    storeCalls: counted.calls,
    serve,
    sign: (operation, body, options = {}) => signRequest(clock.now(), operation, body, options),
  };
}

/** The one access key these harnesses know. */
export const KEYS: AccessKeys = {
  find: async (id) =>
    id === CREDENTIALS.accessKeyId
      ? { secretAccessKey: CREDENTIALS.secretAccessKey, principalArn: PRINCIPAL }
      : undefined,
  pageTokenKey: async () => 'page-token-key',
};

const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function countCalls(inner: StateStore): { readonly store: StateStore; readonly calls: () => number } {
  let calls = 0;
  const counting =
    <A extends readonly unknown[], R>(method: (...args: A) => R) =>
    (...args: A): R => {
      calls += 1;
      return method(...args);
    };
  return {
    calls: () => calls,
    store: {
      get: counting((key) => inner.get(key)),
      getMany: counting((keys) => inner.getMany(keys)),
      query: counting((query) => inner.query(query)),
      queryIndex: counting((query) => inner.queryIndex(query)),
      transact: counting((writes) => inner.transact(writes)),
    },
  };
}

const signer = (credentials: SignOptions['credentials'], region = REGION, service = 'ecs'): SignatureV4 =>
  new SignatureV4({ credentials: credentials ?? CREDENTIALS, region, service, sha256: Sha256 });

export async function signRequest(
  now: number,
  operation: string,
  body: string,
  options: SignOptions,
): Promise<EcsRequest> {
  const request = {
    method: 'POST',
    protocol: 'https:',
    hostname: HOST,
    path: '/',
    query: {},
    headers: {
      host: HOST,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': options.target ?? `AmazonEC2ContainerServiceV20141113.${operation}`,
      ...options.headers,
    },
    body,
  };
  const signed = await signer(options.credentials, options.region, options.service).sign(request, {
    signingDate: new Date(options.at ?? now),
  });
  return { method: 'POST', path: '/', headers: signed.headers, body };
}

/** The parts of the SDK's own request that are needed here. */
interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const textOf = (body: string | Uint8Array = ''): string =>
  typeof body === 'string' ? body : new TextDecoder().decode(body);

/** The SDK's whole middleware stack runs; only the clock of its signer and its transport are replaced. */
function sdkClient(clock: SteppedClock, serve: EcsHarness['serve']): ECSClient {
  return new ECSClient({
    region: REGION,
    endpoint: `https://${HOST}`,
    credentials: CREDENTIALS,
    maxAttempts: 1,
    signer: {
      sign: (request, options) => signer(CREDENTIALS).sign(request, { ...options, signingDate: new Date(clock.now()) }),
    },
    requestHandler: {
      handle: async ({ method, path, headers, body }: SdkRequest) => {
        const answer = await serve({ method, path, headers, body: textOf(body) });
        const response = { statusCode: answer.status, headers: { ...answer.headers }, body: Buffer.from(answer.body) };
        return { response };
      },
    },
  });
}
