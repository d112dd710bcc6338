import { QueueDoesNotExist, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SqsAgentChannel } from '#adapters/sqs/agent-channel.ts';
import type { ReceiveFromChannel } from './gateway.ts';

export interface SqsChannelOptions {
  readonly client: SQSClient;
  readonly channel: SqsAgentChannel;
  /** Of the queues' names, before the instance's id. */
  readonly prefix: string;
}

/** Receives from an agent's queue as the gateway's integration does. A poll that its agent gave up answers nothing. */
export const receiveFromSqs =
  ({ client, channel, prefix }: SqsChannelOptions): ReceiveFromChannel =>
  async (queueUrl, { waitMs, maxMessages, signal }) => {
    const receive = async () => {
      const command = new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: maxMessages,
        WaitTimeSeconds: waitMs / 1_000,
      });
      const { Messages = [] } = await client.send(command, { abortSignal: signal });
      return Messages.map(({ MessageId = '', ReceiptHandle = '', Body = '' }) => ({
        messageId: MessageId,
        receiptHandle: ReceiptHandle,
        body: Body,
      }));
    };
    try {
      return await receive();
    } catch (error) {
      if (signal.aborted) return [];
      if (!(error instanceof QueueDoesNotExist)) throw error;
      // The authorizer proved that the instance exists; its queue went with the emulator that the last stack started.
      await channel.open(queueUrl.slice(queueUrl.lastIndexOf('/') + 1 + prefix.length));
      return receive();
    }
  };
