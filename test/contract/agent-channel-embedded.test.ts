import { expect, test } from 'vitest';
import { createEmbeddedAgentChannel } from '#adapters/embedded/agent-channel.ts';
import { agentChannelContract } from './agent-channel.case.ts';

const { signal } = new AbortController();

agentChannelContract(async () => {
  const channel = createEmbeddedAgentChannel();
  return {
    channel,
    receive: async (instanceId) => {
      const bell = await channel.wait(instanceId, 1_000, signal);
      return bell ? [bell] : [];
    },
    stop: async () => {},
  };
});

test('embedded agent channel, its agent gives up waiting, the next bell is kept for the next wait', async () => {
  const channel = createEmbeddedAgentChannel();
  const bell = { instanceId: 'i1', agentEpoch: 1, previous: 0, sequence: 1, changes: [] };
  await channel.open('i1');
  const ending = new AbortController();
  const waiting = channel.wait('i1', 20_000, ending.signal);
  ending.abort();
  expect(await waiting).toBeUndefined();
  await channel.ring('i1', bell);
  expect(await channel.wait('i1', 1_000, signal)).toEqual(bell);
});
