import type { Shape, Structure } from '#api/ecs/schema/shape.ts';
import type { Chance } from './chance.ts';
import type { Json } from './valid-requests.ts';

const MAX_DEPTH = 4;
const TEXTS = [
  'web',
  'web:1',
  'default',
  'app',
  '1'.repeat(32),
  'arn:aws:ecs:us-east-1:000000000000:cluster/default',
  '\ud800',
  '',
  'FARGATE',
  'EC2',
  'RUNNING',
  'ACTIVE',
  'DRAINING',
  'awsvpc',
  'memberOf',
  'spread',
  'TAGS',
  'ROLLING',
  'BLUE_GREEN',
  'EXTERNAL',
  'DAEMON',
  'DISABLED',
  '512',
];

/** What the shape asks for as to types, with members left out and values that mean nothing. */
export function fittingValue(shape: Shape, chance: Chance, depth = MAX_DEPTH): Json {
  switch (shape.kind) {
    case 'structure':
      return depth === 0 ? {} : structureOf(shape, chance, depth);
    case 'list':
      return depth === 0 ? [] : several(chance, () => fittingValue(shape.item(), chance, depth - 1));
    case 'map':
      return Object.fromEntries(
        several(chance, () => [chance.one(['a', 'b', '']), fittingValue(shape.value(), chance, depth - 1)] as const),
      );
    case 'string':
      return chance.one(TEXTS);
    case 'boolean':
      return chance.isOneIn(2);
    case 'document':
      return { service: 'web' };
    default:
      return chance.isOneIn(4) ? chance.below(2 ** 31) : chance.below(102) - 1;
  }
}

function structureOf({ members, required }: Structure, chance: Chance, depth: number): Json {
  const given: [string, Json][] = [];
  for (const [name, shape] of members) {
    const isGiven = required.has(name) ? !chance.isOneIn(10) : chance.isOneIn(6);
    if (isGiven) given.push([name, fittingValue(shape(), chance, depth - 1)]);
  }
  return Object.fromEntries(given);
}

const several = <T>(chance: Chance, make: () => T): readonly T[] => Array.from({ length: chance.below(4) }, make);
