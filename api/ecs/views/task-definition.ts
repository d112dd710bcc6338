import type { TaskDefinition as WireDefinition } from '@aws-sdk/client-ecs';
import { taskDefinitionArn } from '#core/model/arn.ts';
import type { Scope } from '#core/model/scope.ts';
import type { TaskDefinition } from '#core/model/task-definition.ts';

export const definitionView = (scope: Scope, definition: TaskDefinition): WireDefinition => ({
  // The document is RegisterTaskDefinition's own input, so its members are the answer's members.
  ...(definition.document as unknown as WireDefinition),
  taskDefinitionArn: taskDefinitionArn(scope, definition.family, definition.revision),
  revision: definition.revision,
  status: definition.status,
  compatibilities: [...definition.compatibilities],
  registeredAt: new Date(definition.registeredAt),
  registeredBy: definition.registeredBy,
  ...(definition.deregisteredAt === undefined ? {} : { deregisteredAt: new Date(definition.deregisteredAt) }),
  ...(definition.deleteRequestedAt === undefined ? {} : { deleteRequestedAt: new Date(definition.deleteRequestedAt) }),
});
