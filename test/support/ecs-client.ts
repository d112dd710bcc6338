import { ECSClient } from '@aws-sdk/client-ecs';
import type { StackAddress } from '#cli/stack-address.ts';

/** An ordinary SDK client of a running stack. It never tries again, so that a test sees every refusal as it was sent. */
export function ecsClient({ endpoint, region, ...credentials }: StackAddress): ECSClient {
  return new ECSClient({ endpoint, region, credentials, maxAttempts: 1 });
}
