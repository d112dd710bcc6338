import { CreateClusterCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OPERATIONS } from '#api/ecs/operations.ts';
import type { Shape } from '#api/ecs/schema/shape.ts';
import { openEcs } from '#test/support/ecs-request.ts';

const DEPTH = 4;
const TEXTS = [
  'web',
  'web:1',
  'default',
  '1'.repeat(32),
  'arn:aws:ecs:eu-west-1:123456789012:cluster/default',
  '\ud800',
  '',
];
const NAMES_OF_ENUMS = [
  'FARGATE',
  'EC2',
  'RUNNING',
  'ACTIVE',
  'awsvpc',
  'memberOf',
  'spread',
  'TAGS',
  'ROLLING',
  '512',
];

/** Mostly what the shape asks for, sometimes anything at all. */
function anyValue(shape: Shape, depth: number): fc.Arbitrary<unknown> {
  const fitting = fittingValue(shape, depth);
  return fc.oneof({ weight: 12, arbitrary: fitting }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });
}

function fittingValue(shape: Shape, depth: number): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case 'structure':
      return depth === 0 ? fc.constant({}) : structureOf(shape.members, shape.required, depth);
    case 'list':
      return depth === 0 ? fc.constant([]) : fc.array(anyValue(shape.item(), depth - 1), { maxLength: 3 });
    case 'map':
      return fc.dictionary(fc.constantFrom('a', '__proto__', ''), anyValue(shape.value(), depth - 1), { maxKeys: 2 });
    case 'string':
      return fc.oneof(fc.constantFrom(...TEXTS, ...NAMES_OF_ENUMS), fc.string({ unit: 'binary', maxLength: 20 }));
    case 'boolean':
      return fc.boolean();
    default:
      return fc.oneof(fc.integer({ min: -1, max: 100 }), fc.double());
  }
}

function structureOf(
  members: ReadonlyMap<string, () => Shape>,
  required: ReadonlySet<string>,
  depth: number,
): fc.Arbitrary<unknown> {
  const entries = [...members].map(([name, shape]) => {
    const value = fc.constant(null).chain(() => anyValue(shape(), depth - 1));
    const present = required.has(name) ? 9 : 1;
    return fc.oneof(
      { weight: present, arbitrary: value.map((given) => [[name, given]]) },
      { weight: 5, arbitrary: fc.constant([]) },
    );
  });
  return fc.tuple(...entries).map((given) => Object.fromEntries(given.flat() as [string, unknown][]));
}

test.each([...OPERATIONS.keys()])('%s, of any signed body, never answers 5xx', { timeout: 60_000 }, async (name) => {
  const input = OPERATIONS.get(name)?.input;
  if (!input) throw new Error(`${name} has no input`);
  const ecs = openEcs();
  await ecs.client.send(new CreateClusterCommand({}));
  const containerDefinitions = [{ name: 'app', image: 'nginx', memory: 64 }];
  await ecs.client.send(new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions }));
  await fc.assert(
    fc.asyncProperty(anyValue(input, DEPTH), async (body) => {
      const answer = await ecs.serve(await ecs.sign(name, JSON.stringify(body) ?? 'null'));
      expect({ status: answer.status, body: answer.status < 500 || answer.body }).toMatchObject({ body: true });
    }),
    { numRuns: 100, seed: 7 },
  );
});
