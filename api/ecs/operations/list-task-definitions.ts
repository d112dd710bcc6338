import {
  ListTaskDefinitions$,
  type ListTaskDefinitionsRequest,
  type ListTaskDefinitionsResponse,
} from '@aws-sdk/client-ecs';
import { listDefinitions } from '#control/task-definitions/list-definitions.ts';
import { taskDefinitionArn } from '#core/model/arn.ts';
import { paged } from '../listing.ts';
import { operation } from '../operation.ts';
import { present } from '../present.ts';

export const listTaskDefinitionsOperation = operation<ListTaskDefinitionsRequest, ListTaskDefinitionsResponse>(
  ListTaskDefinitions$,
  async (call, input) => {
    const { deps } = call;
    const filter = {
      ...present({ family: input.familyPrefix }),
      status: input.status ?? 'ACTIVE',
      descending: input.sort === 'DESC',
    };
    const { page, nextToken } = await paged(call, { operation: 'ListTaskDefinitions', filter }, input, (range) =>
      listDefinitions(deps, { ...filter, ...range }),
    );
    return {
      taskDefinitionArns: page.definitions.map(({ family, revision }) =>
        taskDefinitionArn(deps.scope, family, revision),
      ),
      nextToken,
    };
  },
);
