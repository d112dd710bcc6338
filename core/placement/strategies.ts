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

/** Without a strategy, services spread over zones first, as ECS does; everything spreads over instances. */
function strategiesOf(task: Task): readonly PlacementStrategy[] {
  if (task.placementStrategy.length > 0) return task.placementStrategy;
  return task.slot ? [SPREAD_OVER_ZONES, SPREAD_OVER_INSTANCES] : [SPREAD_OVER_INSTANCES];
}

function weigh(
  { type, field = '' }: PlacementStrategy,
  tally: GroupTally,
): { readonly score: Score; readonly attribute?: string } {
  switch (type) {
    case 'spread': {
      if (!field.startsWith(ATTRIBUTE)) return { score: (room) => tally.countOn(room) };
      const attribute = field.slice(ATTRIBUTE.length);
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
