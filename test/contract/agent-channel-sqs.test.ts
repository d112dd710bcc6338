import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { createSqsAgentChannel } from '#adapters/sqs/agent-channel.ts';
import { startSqs } from '#test/support/fauxqs.ts';

test('agent channel on SQS, opened, rung and closed, the bell arrives and later rings do not fail', async () => {
  const { client, stop } = await startSqs();
  const channel = createSqsAgentChannel({ client, prefix: 'b-agent-', region: 'us-east-1', accountId: '000000000000' });
  const bell = { instanceId: 'i1', agentEpoch: 1, previous: 0, sequence: 1, changes: [] };
  await channel.open('i1');
  await channel.open('i1');
  await channel.ring('i1', bell);
  const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl: channel.addressOf('i1') }));
  expect(JSON.parse(Messages?.[0]?.Body ?? '')).toEqual(bell);
  await channel.close('i1');
  await channel.close('i1');
  await channel.ring('i1', bell);
  await stop();
});
