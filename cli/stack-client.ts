import { ECSClient } from '@aws-sdk/client-ecs';
import { CommandError } from './errors.ts';
import type { StackAddress } from './stack-address.ts';

export function stackClient({ endpoint, region, ...credentials }: StackAddress): ECSClient {
  return new ECSClient({ endpoint, region, credentials, maxAttempts: 2, requestHandler: { requestTimeout: 15_000 } });
}

const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENOTFOUND', 'ETIMEDOUT']);

/** Runs `work`; when nobody answers at the address, says so and names the fix. */
export async function withStack<T>(address: StackAddress, work: (client: ECSClient) => Promise<T>): Promise<T> {
  const client = stackClient(address);
  try {
    return await work(client);
  } catch (error) {
    if (isUnreachable(error)) {
      const message = `no stack answers at ${address.endpoint}; start it with npm start`;
      throw new CommandError(message, { cause: error });
    }
    if (error instanceof Error && '$metadata' in error) {
      throw new CommandError(`${address.endpoint} refused: ${error.name}: ${error.message}`, { cause: error });
    }
    throw error;
  } finally {
    client.destroy();
  }
}

export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as NodeJS.ErrnoException).code;
  return (code !== undefined && UNREACHABLE.has(code)) || error.name === 'TimeoutError';
}
