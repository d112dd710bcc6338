import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';
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
}

/** X8: a removed key stops working within this time. */
const CACHE_MS = 30_000;
/** Made-up ids are remembered too, so the memory they can take is bounded. */
const CACHE_ENTRIES = 1_000;

const schema = z.object({ secretAccessKey: z.string().min(1), principalArn: z.string().min(1) });

/** Access keys kept in Parameter Store: `{path}/{accessKeyId}` holds `{"secretAccessKey","principalArn"}`. */
export function createSsmAccessKeys({ client, path, clock }: SsmAccessKeysOptions): AccessKeys {
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
  };
}

async function load(client: SSMClient, name: string): Promise<AccessKey | undefined> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    return schema.parse(JSON.parse(Parameter?.Value ?? ''));
  } catch (cause) {
    if (cause instanceof ParameterNotFound) return undefined;
    throw new Fault('Unavailable', 'the access keys cannot be read', {}, { cause });
  }
}
