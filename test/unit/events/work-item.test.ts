import { expect, test } from 'vitest';
import { decodeWorkItem, encodeWorkItem, type WorkItem } from '#events/work-item.ts';

const items: readonly WorkItem[] = [
  { kind: 'service', cluster: 'c', service: 's' },
  { kind: 'placement', cluster: 'c' },
  { kind: 'capacity', cluster: 'c' },
  { kind: 'object', cluster: 'c', resource: 'namespaces', namespace: '', name: 'n' },
  {
    kind: 'object',
    cluster: 'c',
    resource: 'pods',
    namespace: 'n',
    name: 'p',
    owner: { resource: 'replicasets.apps', name: 'r' },
  },
];

test.each(items)('work item, $kind, survives the trip through a message', (item) => {
  expect(decodeWorkItem(encodeWorkItem(item))).toEqual(item);
});

test('work item, equal targets, are equal text whatever the order of members', () => {
  expect(encodeWorkItem({ service: 's', cluster: 'c', kind: 'service' })).toBe(
    encodeWorkItem({ kind: 'service', cluster: 'c', service: 's' }),
  );
});

test.each([
  'null',
  '[]',
  '{}',
  '{"kind":"service","cluster":"c"}',
  '{"kind":"drop","cluster":"c"}',
  '{"kind":"capacity"}',
  '{"kind":"object","cluster":"c","resource":"pods","name":"p"}',
])('work item, a body nobody sends (%s), is refused by name', (body) => {
  expect(() => decodeWorkItem(body)).toThrow(/not a work item/);
});
