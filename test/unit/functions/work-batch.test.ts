import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { Log } from '#control/ports.ts';
import { Fault } from '#core/fault.ts';
import { encodeWorkItem, type WorkItem } from '#events/work-item.ts';
import { workBatch } from '#functions/lib/work-batch.ts';

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const record = (messageId: string, body: string): SQSRecord => ({
  messageId,
  body,
  receiptHandle: `handle-${messageId}`,
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '0',
    SenderId: 's',
    ApproximateFirstReceiveTimestamp: '0',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:q',
  awsRegion: 'us-east-1',
});

const batch = (...messages: readonly (readonly [string, WorkItem | string])[]): SQSEvent => ({
  Records: messages.map(([id, work]) => record(id, typeof work === 'string' ? work : encodeWorkItem(work))),
});

const web: WorkItem = { kind: 'service', cluster: 'default', service: 'web' };
const api: WorkItem = { kind: 'service', cluster: 'default', service: 'api' };
const failures = ({ batchItemFailures }: { batchItemFailures: { itemIdentifier: string }[] }): string[] =>
  batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort();

describe('work batch', () => {
  it('equal work items of a batch, run once and all succeed', async () => {
    const ran: WorkItem[] = [];
    const event = batch(['1', web], ['2', api], ['3', web]);
    const answer = await workBatch(event, silent, async (work) => void ran.push(work));
    expect(ran).toEqual([web, api]);
    expect(failures(answer)).toEqual([]);
  });

  it('work that fails or is contended, only its own messages come again', async () => {
    const event = batch(['1', web], ['2', api], ['3', web]);
    for (const error of [new Fault('Contended', 'lost the race'), new TypeError('bug')]) {
      const answer = await workBatch(event, silent, async (work) => {
        if (work === api || encodeWorkItem(work) === encodeWorkItem(api)) return;
        throw error;
      });
      expect(failures(answer)).toEqual(['1', '3']);
    }
  });

  it('a message that is no work item, fails alone', async () => {
    const event = batch(['1', 'not json'], ['2', '{"kind":"other","cluster":"c"}'], ['3', web]);
    expect(failures(await workBatch(event, silent, async () => {}))).toEqual(['1', '2']);
  });
});
