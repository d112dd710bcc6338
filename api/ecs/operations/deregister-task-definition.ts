import {
  DeregisterTaskDefinition$,
  type DeregisterTaskDefinitionRequest,
  type DeregisterTaskDefinitionResponse,
} from '@aws-sdk/client-ecs';
import { deregisterTaskDefinition } from '#control/task-definitions/deregister.ts';
import { Fault } from '#core/fault.ts';
import { definitionName } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { definitionView } from '../views/task-definition.ts';

export const deregisterTaskDefinitionOperation = operation<
  DeregisterTaskDefinitionRequest,
  DeregisterTaskDefinitionResponse
>(DeregisterTaskDefinition$, async ({ deps }, input) => {
  const name = definitionName(deps.scope, input.taskDefinition);
  // A family alone would mean "whatever is newest now", which is no safe thing to take away.
  if (!name.includes(':')) throw new Fault('InvalidParameter', 'Invalid revision number. Number: null');
  const definition = await deregisterTaskDefinition(deps, name);
  return { taskDefinition: definitionView(deps.scope, definition) };
});
