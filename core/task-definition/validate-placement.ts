import { Fault } from '#core/fault.ts';
import { parseQuery } from '#core/placement/query/parse-query.ts';
import type { DefinitionDraft } from './draft.ts';
import { refuse } from './refuse.ts';

/** AWS's quota; a task's own constraints count towards it when the task is started. */
const MAX_CONSTRAINTS = 10;

/** A definition may say what machines its tasks need, not where its tasks are beside each other. */
export function validatePlacement({ placementConstraints = [] }: DefinitionDraft): void {
  if (placementConstraints.length > MAX_CONSTRAINTS) {
    refuse(`A task definition can have at most ${MAX_CONSTRAINTS} placement constraints.`);
  }
  for (const { type, expression } of placementConstraints) {
    if (type !== 'memberOf') refuse(`constraint.type '${type ?? ''}' is not supported.`);
    if (!expression) refuse('Placement constraint memberOf requires an expression.');
    validateExpression(expression);
  }
}

function validateExpression(expression: string): void {
  try {
    parseQuery(expression);
  } catch (cause) {
    if (cause instanceof Fault) throw new Fault('Refused', cause.message, {}, { cause });
    throw cause;
  }
}
