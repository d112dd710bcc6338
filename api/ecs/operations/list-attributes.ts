import { ListAttributes$, type ListAttributesRequest, type ListAttributesResponse } from '@aws-sdk/client-ecs';
import { listAttributes } from '#control/attributes/list-attributes.ts';
import { Fault } from '#core/fault.ts';
import { clusterName } from '../identifiers.ts';
import { paged } from '../listing.ts';
import { operation } from '../operation.ts';
import { present } from '../present.ts';
import { attributeView } from '../views/attribute.ts';

export const listAttributesOperation = operation<ListAttributesRequest, ListAttributesResponse>(
  ListAttributes$,
  async (call, input) => {
    const { deps } = call;
    const cluster = clusterName(deps.scope, input.cluster);
    const filter = present({ name: input.attributeName, value: input.attributeValue });
    if (filter.value !== undefined && filter.name === undefined) {
      throw new Fault('InvalidParameter', 'attributeValue can be given only together with attributeName.');
    }
    const listing = { operation: 'ListAttributes', filter: [cluster, filter.name ?? null, filter.value ?? null] };
    const { page, nextToken } = await paged(call, listing, input, (range) =>
      listAttributes(deps, cluster, { ...filter, ...range }),
    );
    return { attributes: page.attributes.map((one) => attributeView(deps.scope, cluster, one)), nextToken };
  },
);
