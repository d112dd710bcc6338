import { randomUUID } from 'node:crypto';
import type { EmbeddedAgentChannel } from '#adapters/embedded/agent-channel.ts';
import type { ReceiveFromChannel } from './gateway.ts';

/** Reads an agent's embedded channel as the gateway reads its queue. The address of a channel is the instance's id. */
export const receiveFromEmbedded =
  (channel: EmbeddedAgentChannel): ReceiveFromChannel =>
  async (instanceId, { waitMs, signal }) => {
    // The authorizer proved that the instance exists; its channel is gone when the stack was restarted.
    await channel.open(instanceId);
    const bell = await channel.wait(instanceId, waitMs, signal);
    return bell ? [{ messageId: randomUUID(), receiptHandle: randomUUID(), body: JSON.stringify(bell) }] : [];
  };
