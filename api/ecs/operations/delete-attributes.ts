import { DeleteAttributes$, type DeleteAttributesRequest, type DeleteAttributesResponse } from '@aws-sdk/client-ecs';
import { deleteAttributes } from '#control/attributes/change-attributes.ts';
import { clusterName } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { attributeView, readAttributes } from '../views/attribute.ts';

export const deleteAttributesOperation = operation<DeleteAttributesRequest, DeleteAttributesResponse>(
  DeleteAttributes$,
  async ({ deps }, input) => {
    const cluster = clusterName(deps.scope, input.cluster);
    const attributes = readAttributes(deps.scope, cluster, input.attributes);
    await deleteAttributes(deps, cluster, attributes);
    return { attributes: attributes.map((attribute) => attributeView(deps.scope, cluster, attribute)) };
  },
);
