import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { decodeStreamImage, encodeItem, encodeStreamImage } from '#adapters/dynamodb/item-codec.ts';
import type { Item } from '#control/ports.ts';

const item: Item = { key: { pk: 'p', sk: 's' }, version: 3, kind: 'thing', value: { n: 1 } };

test('decodeStreamImage, an image with a wake, gives kind, key and wake', () => {
  const wake = { work: { kind: 'service', cluster: 'c', service: 's' }, at: 1_700_000_000_123 } as const;
  expect(decodeStreamImage(encodeStreamImage({ ...item, wake }))).toEqual({ kind: 'thing', key: item.key, wake });
});

test('decodeStreamImage, an image without a wake, has none', () => {
  expect(decodeStreamImage(encodeStreamImage(item))).toEqual({ kind: 'thing', key: item.key });
});

test.each([
  ['nothing', {}],
  ['no kind', { pk: { S: 'p' }, sk: { S: 's' } }],
  ['a key that is no text', { pk: { N: '1' }, sk: { S: 's' }, kind: { S: 'thing' } }],
  ['a wake that is no work item', { pk: { S: 'p' }, sk: { S: 's' }, kind: { S: 'thing' }, wake: { S: '{}' } }],
])('decodeStreamImage, %s, faults InvalidParameter', (_, image) => {
  expect(() => decodeStreamImage(image)).toThrow(expect.objectContaining({ code: 'InvalidParameter' }));
});

test('encodeItem, an item that expires, has the attribute that the table declares as its time to live', () => {
  const definition = parse(readFileSync(new URL('../../../../infra/table.yml', import.meta.url), 'utf8'));
  const { AttributeName } = definition.StateTable.Properties.TimeToLiveSpecification;
  const stored = encodeItem(item.key, 1, { kind: 'thing', value: {}, expiresAt: 1_700_000_000_001 });
  expect(stored).toHaveProperty(AttributeName, 1_700_000_001);
});
