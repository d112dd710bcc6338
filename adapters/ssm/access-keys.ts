import {
  GetParameterCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { z } from 'zod';
import type { AccessKeys } from '#api/ecs/access-keys.ts';
import type { Clock } from '#control/ports.ts';
import { Fault } from '#core/fault.ts';

type AccessKey = NonNullable<Awaited<ReturnType<AccessKeys['find']>>>;

export interface SsmAccessKeysOptions {
  readonly client: SSMClient;
  /** One SecureString parameter for each key under this path, named by the key id. */
  readonly path: string;
  readonly clock: Clock;
  /** A fresh secret, for an installation that has no key for page tokens yet. */
  readonly newSecret: () => string;
}

/** X8: a removed key stops working within this time. */
const CACHE_MS = 30_000;
/** Made-up ids are remembered too, so the memory they can take is bounded. */
const CACHE_ENTRIES = 1_000;

const schema = z.object({ secretAccessKey: z.string().min(1), principalArn: z.string().min(1) });

/** No access key id has lower-case letters, so nobody can sign requests with this one. */
const PAGE_TOKEN_KEY = 'page-token-key';

/**
 * Access keys kept in Parameter Store: `{path}/{accessKeyId}` holds `{"secretAccessKey","principalArn"}`.
 * Beside them, `{path}/page-token-key` is made by the first call that needs it; deleting it makes a new one, and ends
 * all page tokens, once the processes that remember it are gone.
 */
export function createSsmAccessKeys({ client, path, clock, newSecret }: SsmAccessKeysOptions): AccessKeys {
  let pageTokenKey: string | undefined;
  const cache = new Map<string, { readonly key: AccessKey | undefined; readonly readAt: number }>();
  return {
    async find(accessKeyId) {
      // The id is about to become part of a parameter's name, so nothing but an id may pass.
      if (!/^[A-Z0-9]{16,128}$/.test(accessKeyId)) return undefined;
      const now = clock.now();
      const known = cache.get(accessKeyId);
      if (known && now - known.readAt < CACHE_MS) return known.key;
      const key = await load(client, `${path}/${accessKeyId}`);
      if (cache.size >= CACHE_ENTRIES) cache.clear();
      cache.set(accessKeyId, { key, readAt: now });
      return key;
    },
    async pageTokenKey() {
      pageTokenKey ??= await loadSecret(client, `${path}/${PAGE_TOKEN_KEY}`, newSecret);
      return pageTokenKey;
    },
  };
}

async function load(client: SSMClient, name: string): Promise<AccessKey | undefined> {
  try {
    const value = await readParameter(client, name);
    return value === undefined ? undefined : schema.parse(JSON.parse(value));
  } catch (cause) {
    throw new Fault('Unavailable', 'the access keys cannot be read', {}, { cause });
  }
}

/** Two processes that find none both make one; the first put wins, and the other reads that. */
async function loadSecret(client: SSMClient, name: string, newSecret: () => string): Promise<string> {
  try {
    const known = await readParameter(client, name);
    if (known) return known;
    const made = newSecret();
    if (await makeParameter(client, name, made)) return made;
    return z
      .string()
      .min(1)
      .parse(await readParameter(client, name));
  } catch (cause) {
    throw new Fault('Unavailable', 'the key of page tokens cannot be read', {}, { cause });
  }
}

async function readParameter(client: SSMClient, name: string): Promise<string | undefined> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    return Parameter?.Value ?? '';
  } catch (cause) {
    if (cause instanceof ParameterNotFound) return undefined;
    throw cause;
  }
}

/** False when somebody else made it first. */
async function makeParameter(client: SSMClient, name: string, value: string): Promise<boolean> {
  try {
    await client.send(new PutParameterCommand({ Name: name, Value: value, Type: 'SecureString', Overwrite: false }));
    return true;
  } catch (cause) {
    if (cause instanceof ParameterAlreadyExists) return false;
    throw cause;
  }
}
