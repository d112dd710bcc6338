import {
  DescribeTaskDefinition$,
  type DescribeTaskDefinitionRequest,
  type DescribeTaskDefinitionResponse,
} from '@aws-sdk/client-ecs';
import { findDefinition } from '#control/task-definitions/find-definition.ts';
import { Fault } from '#core/fault.ts';
import { definitionName } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { includesTags, tagsIf } from '../tags.ts';
import { definitionView } from '../views/task-definition.ts';

export const describeTaskDefinitionOperation = operation<DescribeTaskDefinitionRequest, DescribeTaskDefinitionResponse>(
  DescribeTaskDefinition$,
  async ({ deps }, input) => {
    const found = await findDefinition(deps, definitionName(deps.scope, input.taskDefinition));
    if (!found) throw new Fault('Refused', 'Unable to describe task definition.');
    return {
      taskDefinition: definitionView(deps.scope, found.value),
      ...tagsIf(includesTags(input.include), found.value.tags),
    };
  },
);
