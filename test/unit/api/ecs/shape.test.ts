import { expect, test } from 'vitest';
import { OPERATIONS } from '#api/ecs/operations.ts';
import { decode } from '#api/ecs/schema/decode.ts';
import { encode } from '#api/ecs/schema/encode.ts';
import type { Shape } from '#api/ecs/schema/shape.ts';

/** Every shape below one, each structure once. */
function visit(shape: Shape, seen: Set<Shape>): void {
  if (seen.has(shape)) return;
  seen.add(shape);
  if (shape.kind === 'structure') for (const member of shape.members.values()) visit(member(), seen);
  if (shape.kind === 'list') visit(shape.item(), seen);
  if (shape.kind === 'map') visit(shape.value(), seen);
}

test('every shape of every operation served, can be read', () => {
  const seen = new Set<Shape>();
  for (const { input, output } of OPERATIONS.values()) {
    visit(input, seen);
    visit(output, seen);
  }
  expect(OPERATIONS.size).toBeGreaterThan(24);
  expect(seen.size).toBeGreaterThan(100);
});

const output = (name: string): Shape => {
  const operation = OPERATIONS.get(name);
  if (!operation) throw new Error(`${name} is not served`);
  return operation.output;
};

test('encode, of times and members the model does not have, writes epoch seconds and drops the rest', () => {
  const task = { createdAt: new Date(1_500), secret: 'x', startedBy: undefined, containers: [{ name: 'a', inner: 1 }] };
  expect(encode(output('StopTask'), { task })).toEqual({ task: { createdAt: 1.5, containers: [{ name: 'a' }] } });
});

test('decode, of a map with a key named __proto__, keeps it as an ordinary key', () => {
  const input = OPERATIONS.get('RegisterTaskDefinition')?.input;
  const body = JSON.parse(
    '{"family":"web","containerDefinitions":[{"name":"a","dockerLabels":{"__proto__":"x"}}],"cpu":null}',
  );
  const decoded = decode(input ?? output('RegisterTaskDefinition'), body, '') as {
    containerDefinitions: { dockerLabels: object }[];
  };
  expect(Object.entries(decoded.containerDefinitions[0]?.dockerLabels ?? {})).toEqual([['__proto__', 'x']]);
  expect(decoded).not.toHaveProperty('cpu');
});
