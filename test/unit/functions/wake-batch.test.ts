import type { DynamoDBRecord } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { encodeStreamImage } from '#adapters/dynamodb/item-codec.ts';
import type { Log, Wake, WorkMessage } from '#control/ports.ts';
import type { WorkItem } from '#events/work-item.ts';
import { wakeBatch } from '#functions/lib/wake-batch.ts';

const NOW = 1_800_000_000_000;
const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const web: WorkItem = { kind: 'service', cluster: 'default', service: 'web' };
const placement: WorkItem = { kind: 'placement', cluster: 'default' };

const record = (sequence: string, wake?: Wake): DynamoDBRecord => {
  const item = {
    key: { pk: 'p', sk: sequence },
    version: 1,
    kind: 'service',
    value: { any: 1 },
    ...(wake && { wake }),
  };
  // The codec speaks the SDK's attribute type, the event Lambda's; both are DynamoDB's JSON.
  const NewImage = encodeStreamImage(item) as NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;
  return { eventName: 'MODIFY', dynamodb: { SequenceNumber: sequence, NewImage } };
};

describe('wake batch', () => {
  let sent: WorkMessage[];
  let refuse: boolean;
  const run = async (...records: DynamoDBRecord[]): Promise<string[]> => {
    const queue = {
      send: async (messages: readonly WorkMessage[]) => {
        if (refuse) throw new Error('queue is away');
        sent.push(...messages);
      },
    };
    const answer = await wakeBatch({ Records: records }, { queue, log: silent, clock: { now: () => NOW } });
    return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier ?? '');
  };

  beforeEach(() => {
    sent = [];
    refuse = false;
  });

  it('changes that wake the same work, send one message', async () => {
    expect(await run(record('1', { work: web }), record('2', { work: placement }), record('3', { work: web }))).toEqual(
      [],
    );
    expect(sent).toEqual([
      { work: web, delaySeconds: 0 },
      { work: placement, delaySeconds: 0 },
    ]);
  });

  it('a wake at a time, is delayed until then within what the queue allows', async () => {
    const at = (ms: number) => ({ work: web, at: NOW + ms });
    await run(record('1', at(-5_000)), record('2', at(1_500)), record('3', at(3_600_000)));
    expect(sent.map(({ delaySeconds }) => delaySeconds)).toEqual([0, 2, 900]);
  });

  it('removals and changes that wake nothing, send nothing', async () => {
    expect(await run({ eventName: 'REMOVE', dynamodb: { SequenceNumber: '1' } }, record('2'))).toEqual([]);
    expect(sent).toEqual([]);
  });

  it('a record that cannot be read, fails alone', async () => {
    const poison: DynamoDBRecord = { dynamodb: { SequenceNumber: '2', NewImage: { wake: { S: '{"kind":' } } } };
    expect(await run(record('1', { work: web }), poison, record('3', { work: placement }))).toEqual(['2']);
    expect(sent).toHaveLength(2);
  });

  it('a queue that refuses, fails the records that wake and no others', async () => {
    refuse = true;
    expect(await run(record('1', { work: web }), record('2'), record('3', { work: placement }))).toEqual(['1', '3']);
  });
});
