import type { BellMessage } from '#events/agent-wire.ts';

/**
 * Reads the answer of the channel. API Gateway passes the answer of SQS ReceiveMessage through, which is JSON or XML
 * depending on the integration; other hosts answer plain JSON. A message that is not a bell is dropped: bells are
 * hints, and the next heartbeat tells the truth.
 */
export function readBells(text: string): readonly BellMessage[] {
  const bodies = text.trimStart().startsWith('<') ? xmlBodies(text) : jsonBodies(parsed(text));
  return bodies.map(parsed).filter(isBell);
}

function jsonBodies(answer: unknown): readonly string[] {
  const result = member(member(answer, 'ReceiveMessageResponse'), 'ReceiveMessageResult');
  const messages = member(result, 'messages') ?? member(answer, 'Messages');
  if (!Array.isArray(messages)) return [];
  return messages.map((message) => member(message, 'Body')).filter((body) => typeof body === 'string');
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function xmlBodies(text: string): readonly string[] {
  return [...text.matchAll(/<Body>([^<]*)<\/Body>/g)].map(([, body = '']) =>
    body.replace(/&(?:#(\d{1,7})|(\w{2,4}));/g, (whole, code?: string, name?: string) =>
      code === undefined ? (ENTITIES[name ?? ''] ?? whole) : String.fromCharCode(Number(code)),
    ),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON means not a bell.
  }
}

function isBell(value: unknown): value is BellMessage {
  return (
    typeof member(value, 'instanceId') === 'string' &&
    typeof member(value, 'agentEpoch') === 'number' &&
    typeof member(value, 'previous') === 'number' &&
    typeof member(value, 'sequence') === 'number' &&
    Array.isArray(member(value, 'changes'))
  );
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
