import { expect, test } from 'vitest';
import { createEmbeddedAgentChannel } from '#adapters/embedded/agent-channel.ts';

test('embedded agent channel, rung before and during a wait, each bell arrives once', async () => {
  const channel = createEmbeddedAgentChannel();
  const { signal } = new AbortController();
  const bell = { instanceId: 'i1', agentEpoch: 1, previous: 0, sequence: 1, changes: [] };
  await channel.ring('i1', bell);
  await channel.open('i1');
  await channel.ring('i1', bell);
  expect(await channel.wait('i1', 1_000, signal)).toEqual(bell);
  const waiting = channel.wait('i1', 1_000, signal);
  await channel.ring('i1', { ...bell, sequence: 2 });
  expect(await waiting).toEqual({ ...bell, sequence: 2 });
  expect(await channel.wait('i1', 1, signal)).toBeUndefined();
  await channel.close('i1');
});
