import { PutAttributes$, type PutAttributesRequest, type PutAttributesResponse } from '@aws-sdk/client-ecs';
import { putAttributes } from '#control/attributes/change-attributes.ts';
import { clusterName } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { attributeView, readAttributes } from '../views/attribute.ts';

export const putAttributesOperation = operation<PutAttributesRequest, PutAttributesResponse>(
  PutAttributes$,
  async ({ deps }, input) => {
    const cluster = clusterName(deps.scope, input.cluster);
    const attributes = readAttributes(deps.scope, cluster, input.attributes);
    await putAttributes(deps, cluster, attributes);
    return { attributes: attributes.map((attribute) => attributeView(deps.scope, cluster, attribute)) };
  },
);
