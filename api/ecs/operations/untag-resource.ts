import { UntagResource$, type UntagResourceRequest, type UntagResourceResponse } from '@aws-sdk/client-ecs';
import { untagResource } from '#control/tags/tag-resource.ts';
import { operation } from '../operation.ts';
import { tagTarget } from './tag-target.ts';

export const untagResourceOperation = operation<UntagResourceRequest, UntagResourceResponse>(
  UntagResource$,
  async ({ deps }, input) => {
    await untagResource(deps, tagTarget(deps.scope, input.resourceArn), input.tagKeys ?? []);
    return {};
  },
);
