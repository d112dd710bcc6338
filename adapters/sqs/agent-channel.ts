import {
  CreateQueueCommand,
  DeleteQueueCommand,
  QueueDoesNotExist,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { AgentChannel, Log } from '#control/ports.ts';
import type { BellMessage } from '#events/agent-wire.ts';
import { unavailable } from './sqs-fault.ts';

export interface SqsAgentChannelOptions {
  readonly client: SQSClient;
  /** Queue names are this and the instance id. */
  readonly prefix: string;
  readonly region: string;
  readonly accountId: string;
  readonly log?: Log;
}

export interface SqsAgentChannel extends AgentChannel {
  /** URL of the queue an agent waits on. */
  readonly addressOf: (instanceId: string) => string;
}

/** Below the 256 KiB that SQS takes in every region. */
const MAX_BELL_BYTES = 200_000;

/**
 * A received bell stays hidden for longer than it is kept, so that it never comes back and needs no delete.
 * A minute-old bell says nothing that a heartbeat has not said.
 */
const ATTRIBUTES = { MessageRetentionPeriod: '60', VisibilityTimeout: '43200', SqsManagedSseEnabled: 'true' } as const;

/** One queue per agent. Faults: Unavailable when a queue cannot be made or removed; ringing never fails. */
export function createSqsAgentChannel({
  client,
  prefix,
  region,
  accountId,
  log,
}: SqsAgentChannelOptions): SqsAgentChannel {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const addressOf = (instanceId: string): string =>
    `https://sqs.${region}.${domain}/${accountId}/${prefix}${instanceId}`;

  return {
    addressOf,
    open: async (instanceId) => {
      try {
        await client.send(new CreateQueueCommand({ QueueName: `${prefix}${instanceId}`, Attributes: ATTRIBUTES }));
      } catch (error) {
        throw unavailable(error);
      }
    },
    ring: async (instanceId, message) => {
      try {
        await client.send(
          new SendMessageCommand({ QueueUrl: addressOf(instanceId), MessageBody: encodeBell(message) }),
        );
      } catch (error) {
        log?.warn('bell was not rung', { instanceId, error });
      }
    },
    close: async (instanceId) => {
      try {
        await client.send(new DeleteQueueCommand({ QueueUrl: addressOf(instanceId) }));
      } catch (error) {
        if (!(error instanceof QueueDoesNotExist)) throw unavailable(error);
      }
    },
  };
}

/** A bell too large for SQS only says that something changed: no agent has seen -1, so it sends a heartbeat. */
function encodeBell(message: BellMessage): string {
  const text = JSON.stringify(message);
  if (new TextEncoder().encode(text).length <= MAX_BELL_BYTES) return text;
  return JSON.stringify({ ...message, previous: -1, changes: [] });
}
