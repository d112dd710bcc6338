import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSqsAgentChannel } from '#adapters/sqs/agent-channel.ts';
import type { BellMessage } from '#events/agent-wire.ts';
import { startSqs } from '#test/support/fauxqs.ts';
import { type AgentChannelSubject, agentChannelContract } from './agent-channel.case.ts';

async function start(): Promise<AgentChannelSubject> {
  const { client, stop } = await startSqs();
  const channel = createSqsAgentChannel({ client, prefix: 'b-agent-', region: 'us-east-1', accountId: '000000000000' });
  return {
    channel,
    receive: async (instanceId) => {
      const QueueUrl = channel.addressOf(instanceId);
      const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
      const { Messages = [] } = await client.send(command);
      return Messages.map(({ Body = '' }) => JSON.parse(Body) as BellMessage);
    },
    stop,
  };
}

agentChannelContract(start);

let subject: AgentChannelSubject;
beforeAll(async () => {
  subject = await start();
});
afterAll(() => subject.stop());

test('agent channel on SQS, a bell larger than SQS takes, only its ring arrives', async () => {
  const padding = 'x'.repeat(1_000);
  const bell: BellMessage = {
    instanceId: 'i1',
    agentEpoch: 1,
    previous: 6,
    sequence: 7,
    changes: Array.from({ length: 300 }, (_, at) => ({ taskId: `${at}-${padding}`, desired: 'STOPPED' })),
  };
  await subject.channel.open('i1');
  await subject.channel.ring('i1', bell);
  expect(await subject.receive('i1')).toEqual([{ ...bell, previous: -1, changes: [] }]);
});
