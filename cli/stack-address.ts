import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CommandError } from './errors.ts';

/** Where a stack answers and the key pair that opens it. */
export interface StackAddress {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export const DEFAULT_DATA_DIR = '.berth';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A named data directory decides; without one the shell's own variables do, then `.berth` in this directory.
 * Invariant: the answer always names an endpoint, so a command meant for Berth can never reach real AWS.
 * Throws CommandError, naming the fix, when nothing tells where the stack is.
 */
export function findStack(dataDir: string | undefined, environment: Environment): StackAddress {
  if (dataDir === undefined) {
    const exported = asAddress(environment);
    if (exported !== undefined) return exported;
  }
  const file = path.join(dataDir ?? DEFAULT_DATA_DIR, 'env');
  const address = asAddress(parseShellExports(readExports(file)));
  if (address === undefined)
    throw new CommandError(`${file} does not name an endpoint and a key pair; start the stack again`);
  return address;
}

function asAddress(variables: Environment): StackAddress | undefined {
  const endpoint = variables.AWS_ENDPOINT_URL_ECS || variables.AWS_ENDPOINT_URL;
  const accessKeyId = variables.AWS_ACCESS_KEY_ID;
  const secretAccessKey = variables.AWS_SECRET_ACCESS_KEY;
  if (!endpoint || !accessKeyId || !secretAccessKey) return undefined;
  const region = variables.AWS_REGION || variables.AWS_DEFAULT_REGION || 'us-east-1';
  return { endpoint, region, accessKeyId, secretAccessKey };
}

/** Reads the `export NAME='value'` lines the stack writes for a shell; it runs nothing. */
export function parseShellExports(text: string): Readonly<Record<string, string>> {
  const found = text.matchAll(/^(?:export\s+)?([A-Z_][A-Z0-9_]*)=(?:'([^'\n]*)'|"([^"\n]*)"|(\S*))\s*$/gm);
  return Object.fromEntries(
    [...found].map(([, name, single, double, bare]) => [name, single ?? double ?? bare ?? ''] as const),
  );
}

function readExports(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CommandError(
      `no stack has run here: ${file} cannot be read; start it with npm start, or name its directory with --data-dir`,
      { cause },
    );
  }
}
