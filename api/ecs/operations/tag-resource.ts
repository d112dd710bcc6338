import { TagResource$, type TagResourceRequest, type TagResourceResponse } from '@aws-sdk/client-ecs';
import { tagResource } from '#control/tags/tag-resource.ts';
import { operation } from '../operation.ts';
import { readTags } from '../tags.ts';
import { tagTarget } from './tag-target.ts';

export const tagResourceOperation = operation<TagResourceRequest, TagResourceResponse>(
  TagResource$,
  async ({ deps }, input) => {
    await tagResource(deps, tagTarget(deps.scope, input.resourceArn), readTags(input.tags));
    return {};
  },
);
