import * as model from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { DECLARATIONS, policyOf } from '#api/ecs/members/declared-members.ts';
import { refuseUnserved } from '#api/ecs/members/refuse-unserved.ts';
import { OPERATIONS } from '#api/ecs/operations.ts';
import type { Shape } from '#api/ecs/schema/shape.ts';
import { UNSERVED_OPERATIONS } from '#api/ecs/unserved-operations.ts';

/** The model is a tree with few loops; nothing in it is deeper. */
const DEPTH = 12;

interface Place {
  readonly structure: string;
  readonly member: string;
}

/** Every member a request can carry below members that are supported: what is below another shares its fate. */
function placesIn(shape: Shape, depth = DEPTH): readonly Place[] {
  if (shape.kind === 'list') return placesIn(shape.item(), depth);
  if (shape.kind === 'map') return placesIn(shape.value(), depth);
  if (shape.kind !== 'structure') return [];
  expect(depth).toBeGreaterThan(0);
  return [...shape.members].flatMap(([member, of]) => [
    { structure: shape.name, member },
    ...(policyOf(shape.name, member)?.kind === 'supported' ? placesIn(of(), depth - 1) : []),
  ]);
}

const modelled = Object.keys(model)
  .filter((name) => name.endsWith('Command') && name !== '$Command')
  .map((name) => name.replace(/Command$/, ''))
  .toSorted();

describe('declared members', () => {
  it('every operation of the model, is either served or refused with a reason', () => {
    expect([...OPERATIONS.keys(), ...UNSERVED_OPERATIONS.keys()].toSorted()).toEqual(modelled);
  });

  it.each([...OPERATIONS])('%s, has one declaration for each member, however deep', (_name, { input }) => {
    const undeclared = placesIn(input).filter(({ structure, member }) => !policyOf(structure, member));
    expect(undeclared).toEqual([]);
  });

  it('no structure is declared twice, and none that no served request can carry', () => {
    const declared = DECLARATIONS.map(({ structure }) => structure);
    expect(declared.toSorted()).toEqual([...new Set(declared)].toSorted());
    const reachable = new Set(
      [...OPERATIONS.values()].flatMap(({ input }) => placesIn(input)).map((at) => at.structure),
    );
    expect(declared.filter((structure) => !reachable.has(structure))).toEqual([]);
  });

  it('a declared member the model does not have, there is none', () => {
    const known = new Set(
      [...OPERATIONS.values()].flatMap(({ input }) => placesIn(input)).map((at) => `${at.structure}.${at.member}`),
    );
    const declared = DECLARATIONS.flatMap(({ structure, members }) =>
      Object.keys(members).map((member) => `${structure}.${member}`),
    );
    expect(declared.filter((place) => !known.has(place))).toEqual([]);
  });

  it('a member nobody declared, is refused by name', () => {
    const shape: Shape = {
      kind: 'structure',
      name: 'CreateClusterRequest',
      members: new Map([['hologram', (): Shape => ({ kind: 'string' })]]),
      required: new Set(),
    };
    expect(() => refuseUnserved(shape, { hologram: 'on' })).toThrow("Berth does not serve 'hologram'");
    expect(() => refuseUnserved(shape, { toString: 'on' })).toThrow("Berth does not serve 'toString'");
  });
});
