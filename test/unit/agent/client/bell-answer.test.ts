import { describe, expect, it } from 'vitest';
import { readBells } from '#agent/client/bell-answer.ts';
import { receiveMessageAnswer } from '#local/receive-message-answer.ts';

const BELL = {
  instanceId: 'i-1',
  agentEpoch: 1,
  previous: 3,
  sequence: 4,
  changes: [{ taskId: 'a<b&"c', desired: 'STOPPED' }],
};
const BODY = JSON.stringify(BELL);

describe('readBells', () => {
  it.each([
    [
      'the JSON of an SQS integration',
      { ReceiveMessageResponse: { ReceiveMessageResult: { messages: [{ Body: BODY }] } } },
    ],
    ['the JSON of the SQS protocol', { Messages: [{ Body: BODY }] }],
  ])('%s, is read', (_case, answer) => {
    expect(readBells(JSON.stringify(answer))).toEqual([BELL]);
  });

  it('the XML that the local gateway answers as API Gateway does, is read', () => {
    const { body } = receiveMessageAnswer([{ messageId: 'm', receiptHandle: 'r', body: BODY }]);
    expect(readBells(String(body))).toEqual([BELL]);
  });

  it.each([
    ['no messages', '{"ReceiveMessageResponse":{"ReceiveMessageResult":{"messages":null}}}'],
    ['an empty answer', ''],
    ['a message that is no bell', '{"Messages":[{"Body":"{}"},{"Body":"x"},{}]}'],
    ['XML without messages', '<ReceiveMessageResponse/>'],
  ])('%s, gives none', (_case, text) => {
    expect(readBells(text)).toEqual([]);
  });
});
