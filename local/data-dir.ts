import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readAccessKeyFile, type StoredAccessKey, writeAccessKeyFile } from '#adapters/access-key-file.ts';

/** Makes the directory for its owner alone: it holds keys, state and the agents' identities. */
export function makeDataDir(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);
}

/** The operator's key pair, made at the first start. */
export function loadCredentials(dataDir: string, accountId: string): StoredAccessKey {
  const file = path.join(dataDir, 'credentials.json');
  const [known] = readAccessKeyFile(file) ?? [];
  if (known) return known;
  const made = {
    accessKeyId: `AKIA${randomText(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    principalArn: `arn:aws:iam::${accountId}:user/local`,
  };
  writeAccessKeyFile(file, [made]);
  return made;
}

/** Exactly 32 letters, so that a byte modulo their number is fair. */
const randomText = (length: number, letters: string): string =>
  Array.from(randomBytes(length), (byte) => letters.charAt(byte % letters.length)).join('');

export interface ShellEnvironment {
  readonly endpoint: string;
  readonly region: string;
  readonly key: StoredAccessKey;
}

/** Writes the file that a shell sources to reach this stack with AWS's own tools. Returns its path. */
export function writeShellEnvironment(dataDir: string, { endpoint, region, key }: ShellEnvironment): string {
  const file = path.join(dataDir, 'env');
  const variables = {
    AWS_ENDPOINT_URL_ECS: endpoint,
    AWS_ENDPOINT_URL_EKS: endpoint,
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_REGION: region,
    // Version 1 of the AWS command line reads this name only.
    AWS_DEFAULT_REGION: region,
  };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'\n`);
  // A session token left over from a real account would be sent along and be refused.
  writeFileSync(file, `${lines.join('')}unset AWS_SESSION_TOKEN AWS_PROFILE\n`, { mode: 0o600 });
  return file;
}

/** The token that this stack's own agents join with, made at the first start. */
export const loadJoinToken = (dataDir: string): string => loadSecret(dataDir, 'join-token');

/** What this stack signs page tokens with, made at the first start. */
export const loadPageTokenKey = (dataDir: string): string => loadSecret(dataDir, 'page-token-key');

function loadSecret(dataDir: string, name: string): string {
  const file = path.join(dataDir, name);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const secret = randomBytes(24).toString('hex');
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}
