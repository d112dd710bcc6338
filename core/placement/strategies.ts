import { assertNever } from '../assert-never.ts';
import type { PlacementStrategy } from '../model/placement.ts';
import type { Task } from '../model/task.ts';
import type { GroupTally } from './group-tally.ts';
import type { Room } from './room.ts';

/** A number one strategy wants to be small. */
export type Score = (room: Room) => number;

/** What a task's strategies look at, first the one that weighs most. */
export interface Scores {
  readonly all: readonly Score[];
  /** Those of `all` that differ between machines of one place, in the same order. */
  readonly ofRoom: readonly Score[];
  /** Attributes that are spread over: machines with equal values are one place. */
  readonly attributes: readonly string[];
}

const SPREAD_OVER_INSTANCES: PlacementStrategy = { type: 'spread', field: 'instanceId' };
const SPREAD_OVER_ZONES: PlacementStrategy = { type: 'spread', field: 'attribute:ecs.availability-zone' };
const ATTRIBUTE = 'attribute:';

/** Each strategy keeps the best of what the one before it left; `random` ends the list, as it settles what is left. */
export function scoresOf(task: Task, tally: GroupTally): Scores {
  const strategies = strategiesOf(task);
  const end = strategies.findIndex(({ type }) => type === 'random');
  const weighed = (end < 0 ? strategies : strategies.slice(0, end)).map((it) => weigh(it, tally));
  return {
    all: weighed.map(({ score }) => score),
    ofRoom: weighed.flatMap(({ attribute, score }) => (attribute === undefined ? [score] : [])),
    attributes: weighed.flatMap(({ attribute }) => (attribute === undefined ? [] : [attribute])),
  };
}

/** Without a strategy everything spreads over instances, and a service over zones first. */
function strategiesOf({ placementStrategy, slot }: Task): readonly PlacementStrategy[] {
  if (slot) return serviceStrategies(placementStrategy);
  return placementStrategy.length > 0 ? placementStrategy : [SPREAD_OVER_INSTANCES];
}

/** What a service's tasks are placed by, and stopped by: ECS's default when it names no strategy. */
export const serviceStrategies = (given: readonly PlacementStrategy[]): readonly PlacementStrategy[] =>
  given.length > 0 ? given : [SPREAD_OVER_ZONES, SPREAD_OVER_INSTANCES];

/** The attribute a spread is over; undefined when it is over instances. */
export const spreadAttribute = (field: string): string | undefined =>
  field.startsWith(ATTRIBUTE) ? field.slice(ATTRIBUTE.length) : undefined;

function weigh(
  { type, field = '' }: PlacementStrategy,
  tally: GroupTally,
): { readonly score: Score; readonly attribute?: string } {
  switch (type) {
    case 'spread': {
      const attribute = spreadAttribute(field);
      if (attribute === undefined) return { score: (room) => tally.countOn(room) };
      return { attribute, score: (room) => tally.countBeside(room, attribute) };
    }
    case 'binpack':
      return { score: field.toLowerCase() === 'memory' ? (room) => room.memory : (room) => room.cpu };
    case 'random':
      return { score: () => 0 };
    default:
      return assertNever(type);
  }
}
