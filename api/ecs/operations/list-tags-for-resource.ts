import {
  ListTagsForResource$,
  type ListTagsForResourceRequest,
  type ListTagsForResourceResponse,
} from '@aws-sdk/client-ecs';
import { listTags } from '#control/tags/tag-resource.ts';
import { operation } from '../operation.ts';
import { tagsIf } from '../tags.ts';
import { tagTarget } from './tag-target.ts';

export const listTagsForResourceOperation = operation<ListTagsForResourceRequest, ListTagsForResourceResponse>(
  ListTagsForResource$,
  async ({ deps }, input) => tagsIf(true, await listTags(deps, tagTarget(deps.scope, input.resourceArn))),
);
