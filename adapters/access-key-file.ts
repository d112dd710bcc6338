import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { AccessKeys } from '#api/ecs/access-keys.ts';

/** One operator's key pair as the local runner keeps it. */
export interface StoredAccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly principalArn: string;
}

const schema = z.object({
  keys: z.array(z.object({ accessKeyId: z.string(), secretAccessKey: z.string(), principalArn: z.string() })).min(1),
});

/** The key pairs of a file; undefined when there is no file. Throws when the file is not what was written. */
export function readAccessKeyFile(path: string): readonly StoredAccessKey[] | undefined {
  if (!existsSync(path)) return undefined;
  return schema.parse(JSON.parse(readFileSync(path, 'utf8'))).keys;
}

/** Writes the file for its owner alone; it is whole or absent, never half. */
export function writeAccessKeyFile(path: string, keys: readonly StoredAccessKey[]): void {
  const draft = `${path}.new`;
  writeFileSync(draft, `${JSON.stringify({ keys }, undefined, 2)}\n`, { mode: 0o600 });
  // The mode above only counts when the file is made, and an earlier draft may have been left behind.
  chmodSync(draft, 0o600);
  renameSync(draft, path);
}

/** Access keys from a fixed set. */
export function knownAccessKeys(keys: readonly StoredAccessKey[], pageTokenKey: string): AccessKeys {
  const byId = new Map(keys.map((key) => [key.accessKeyId, key]));
  return { find: async (accessKeyId) => byId.get(accessKeyId), pageTokenKey: async () => pageTokenKey };
}
