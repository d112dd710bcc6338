import { Fault } from '../fault.ts';
import type { Task } from '../model/task.ts';
import { dependsOnTasks, evaluateQuery } from './query/evaluate-query.ts';
import { parseQuery } from './query/parse-query.ts';
import type { Query } from './query/query.ts';
import { factsOf, type Room } from './room.ts';

/** The placement constraints of a task, read once for all instances they are asked of. */
export interface Constraints {
  readonly isDistinct: boolean;
  readonly queries: readonly Query[];
  /** True when placing a task can make an instance fit that did not. */
  readonly dependOnTasks: boolean;
}

const NONE: Constraints = { isDistinct: false, queries: [], dependOnTasks: false };

export function constraintsOf({ placementConstraints }: Pick<Task, 'placementConstraints'>): Constraints {
  if (placementConstraints.length === 0) return NONE;
  const queries = placementConstraints.flatMap(({ type, expression }) =>
    type === 'memberOf' && expression !== undefined ? [readQuery(expression)] : [],
  );
  return {
    isDistinct: placementConstraints.some(({ type }) => type === 'distinctInstance'),
    queries,
    dependOnTasks: queries.some(dependsOnTasks),
  };
}

const SELECTS_NOTHING: Query = { kind: 'or', operands: [] };

/** The API stores only what parses, but a task that was stored under other rules must not keep all others waiting. */
function readQuery(expression: string): Query {
  try {
    return parseQuery(expression);
  } catch (error) {
    if (error instanceof Fault) return SELECTS_NOTHING;
    throw error;
  }
}

/** True when every `memberOf` expression selects the instance as it stands. */
export function areMet({ queries }: Constraints, room: Room): boolean {
  if (queries.length === 0) return true;
  const facts = factsOf(room);
  return queries.every((query) => evaluateQuery(query, facts));
}
