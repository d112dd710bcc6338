import { createHash, randomUUID } from 'node:crypto';
import type { PlainResponse } from '#functions/lib/http-event.ts';
import type { ChannelMessage } from './channel-message.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** The gateway's SQS integration passes on what SQS answers in its query protocol, which is XML. */
export function receiveMessageAnswer(messages: readonly ChannelMessage[]): PlainResponse {
  const result = messages.map(({ messageId, receiptHandle, body }) =>
    element(
      'Message',
      element('MessageId', escaped(messageId)) +
        element('ReceiptHandle', escaped(receiptHandle)) +
        element('MD5OfBody', md5(body)) +
        element('Body', escaped(body)),
    ),
  );
  const answer = element('ReceiveMessageResult', result.join('')) + element('ResponseMetadata', requestId());
  return {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: `<?xml version="1.0"?><ReceiveMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">${answer}</ReceiveMessageResponse>`,
  };
}

const requestId = (): string => element('RequestId', randomUUID());
