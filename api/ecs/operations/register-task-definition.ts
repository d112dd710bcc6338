import {
  RegisterTaskDefinition$,
  type RegisterTaskDefinitionRequest,
  type RegisterTaskDefinitionResponse,
} from '@aws-sdk/client-ecs';
import { registerTaskDefinition } from '#control/task-definitions/register.ts';
import { Fault } from '#core/fault.ts';
import type { LaunchType } from '#core/model/task-definition.ts';
import type { DefinitionDraft } from '#core/task-definition/draft.ts';
import { operation } from '../operation.ts';
import { readTags } from '../tags.ts';
import { definitionView } from '../views/task-definition.ts';

const LAUNCH_TYPES: readonly string[] = ['EC2', 'FARGATE', 'EXTERNAL'] satisfies readonly LaunchType[];

export const registerTaskDefinitionOperation = operation<RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse>(
  RegisterTaskDefinition$,
  async ({ deps, principalArn }, input) => {
    const { tags, requiresCompatibilities: _compatibilities, ...document } = input;
    const registered = readTags(tags);
    const definition = await registerTaskDefinition(deps, {
      draft: { ...document, ...draftMembers(input) },
      tags: registered,
      registeredBy: principalArn,
    });
    return {
      taskDefinition: definitionView(deps.scope, definition),
      tags: registered.map((tag) => ({ ...tag })),
    };
  },
);

/** The members whose wire types are wider than what a definition may say. */
function draftMembers(
  input: RegisterTaskDefinitionRequest,
): Pick<DefinitionDraft, 'family' | 'containerDefinitions'> &
  Partial<Pick<DefinitionDraft, 'requiresCompatibilities'>> {
  const { family = '', containerDefinitions = [], requiresCompatibilities } = input;
  return {
    family,
    containerDefinitions,
    ...(requiresCompatibilities ? { requiresCompatibilities: requiresCompatibilities.map(launchTypeOf) } : {}),
  };
}

function launchTypeOf(name: string): LaunchType {
  if (LAUNCH_TYPES.includes(name)) return name as LaunchType;
  throw new Fault('InvalidParameter', `requiresCompatibilities must be one of: ${LAUNCH_TYPES.join(', ')}.`);
}
