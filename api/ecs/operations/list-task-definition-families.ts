import {
  ListTaskDefinitionFamilies$,
  type ListTaskDefinitionFamiliesRequest,
  type ListTaskDefinitionFamiliesResponse,
} from '@aws-sdk/client-ecs';
import { listFamilies } from '#control/task-definitions/list-families.ts';
import { paged } from '../listing.ts';
import { operation } from '../operation.ts';
import { present } from '../present.ts';

export const listTaskDefinitionFamiliesOperation = operation<
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionFamiliesResponse
>(ListTaskDefinitionFamilies$, async (call, input) => {
  const { deps } = call;
  const filter = { ...present({ prefix: input.familyPrefix }), status: input.status ?? 'ALL' };
  const { page, nextToken } = await paged(call, { operation: 'ListTaskDefinitionFamilies', filter }, input, (range) =>
    listFamilies(deps, { ...filter, ...range }),
  );
  return { families: [...page.families], nextToken };
});
