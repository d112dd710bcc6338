import { assertNever } from '../assert-never.ts';
import type { PlacementStrategy } from '../model/placement.ts';
import type { Task } from '../model/task.ts';
import type { GroupTally } from './group-tally.ts';
import type { Room } from './room.ts';

const SPREAD_OVER_INSTANCES: PlacementStrategy = {
  type: 'spread',
  field: 'instanceId',
};
const SPREAD_OVER_ZONES: PlacementStrategy = {
  type: 'spread',
  field: 'attribute:ecs.availability-zone',
};
const ATTRIBUTE = 'attribute:';

/** Picks one of the rooms that can take the task: each strategy keeps its best, `random` settles what is left. */
export function choose(
  fitting: readonly Room[],
  task: Task,
  tally: GroupTally,
  random: () => number,
): Room | undefined {
  let best = fitting;
  for (const strategy of strategiesOf(task)) {
    if (strategy.type === 'random') break;
    best = lowest(best, scoring(strategy.type, strategy.field ?? '', tally));
  }
  return best.length > 1 ? best[Math.floor(random() * best.length)] : best[0];
}

/** Without a strategy, services spread over zones first, as ECS does; everything spreads over instances. */
function strategiesOf(task: Task): readonly PlacementStrategy[] {
  if (task.placementStrategy.length > 0) return task.placementStrategy;
  return task.slot ? [SPREAD_OVER_ZONES, SPREAD_OVER_INSTANCES] : [SPREAD_OVER_INSTANCES];
}

/** The number a strategy wants to be small. */
function scoring(type: 'spread' | 'binpack', field: string, tally: GroupTally): (room: Room) => number {
  switch (type) {
    case 'spread': {
      if (!field.startsWith(ATTRIBUTE)) return (room) => tally.countOn(room);
      const name = field.slice(ATTRIBUTE.length);
      return (room) => tally.countBeside(room, name);
    }
    case 'binpack':
      return field.toLowerCase() === 'memory' ? (room) => room.memory : (room) => room.cpu;
    default:
      return assertNever(type);
  }
}

function lowest(rooms: readonly Room[], score: (room: Room) => number): readonly Room[] {
  let least = Number.POSITIVE_INFINITY;
  let kept: Room[] = [];
  for (const room of rooms) {
    const value = score(room);
    if (value > least) continue;
    if (value < least) kept = [];
    least = value;
    kept.push(room);
  }
  return kept;
}
