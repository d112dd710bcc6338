import {
  DeleteTaskDefinitions$,
  type DeleteTaskDefinitionsRequest,
  type DeleteTaskDefinitionsResponse,
  type Failure,
} from '@aws-sdk/client-ecs';
import { type Deletion, deleteTaskDefinition } from '#control/task-definitions/delete.ts';
import { assertNever } from '#core/assert-never.ts';
import { Fault } from '#core/fault.ts';
import { taskDefinitionArn } from '#core/model/arn.ts';
import type { Scope } from '#core/model/scope.ts';
import { parseReference } from '#core/task-definition/reference.ts';
import { definitionName } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { definitionView } from '../views/task-definition.ts';

export const deleteTaskDefinitionsOperation = operation<DeleteTaskDefinitionsRequest, DeleteTaskDefinitionsResponse>(
  DeleteTaskDefinitions$,
  async ({ deps }, input) => {
    const names = [...new Set((input.taskDefinitions ?? []).map((text) => revisionName(deps.scope, text)))];
    const results = await Promise.all(names.map((name) => deleteTaskDefinition(deps, name)));
    return {
      taskDefinitions: results.flatMap((result) =>
        result.kind === 'deleting' ? [definitionView(deps.scope, result.definition)] : [],
      ),
      failures: results.flatMap((result, position) => failuresOf(deps.scope, names[position] ?? '', result)),
    };
  },
);

/** A family alone would mean whatever is newest, which is no safe thing to delete. */
function revisionName(scope: Scope, text: string): string {
  const name = definitionName(scope, text);
  if (name.includes(':')) return name;
  throw new Fault('InvalidParameter', `Invalid identifier: '${name}' names no revision of a task definition.`);
}

function failuresOf(scope: Scope, name: string, result: Deletion): Failure[] {
  const { family = '', revision = 0 } = parseReference(name) ?? {};
  const arn = taskDefinitionArn(scope, family, revision);
  switch (result.kind) {
    case 'deleting':
      return [];
    case 'missing':
      return [{ arn, reason: 'MISSING', detail: 'The specified task definition does not exist.' }];
    case 'active':
      return [
        {
          arn,
          reason:
            'The specified task definition is still in ACTIVE status. Please deregister the target and try again.',
        },
      ];
    default:
      return assertNever(result);
  }
}
