import * as eks from '@aws-sdk/client-eks';
import { listTags, tagResource, untagResource } from '#control/tags/tag-resource.ts';
import { tagTarget } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { tagMap, tagsOf } from '../views.ts';

export const tagResourceOperation = operation<eks.TagResourceRequest, eks.TagResourceResponse>(
  eks.TagResource$,
  async ({ deps }, input) => {
    await tagResource(deps, tagTarget(deps.scope, input.resourceArn), tagsOf(input.tags));
    return {};
  },
);

export const untagResourceOperation = operation<eks.UntagResourceRequest, eks.UntagResourceResponse>(
  eks.UntagResource$,
  async ({ deps }, input) => {
    await untagResource(deps, tagTarget(deps.scope, input.resourceArn), input.tagKeys ?? []);
    return {};
  },
);

export const listTagsForResourceOperation = operation<eks.ListTagsForResourceRequest, eks.ListTagsForResourceResponse>(
  eks.ListTagsForResource$,
  async ({ deps }, input) => ({
    tags: tagMap(await listTags(deps, tagTarget(deps.scope, input.resourceArn))),
  }),
);
