import {
  ListTagsForResource$,
  type ListTagsForResourceRequest,
  type ListTagsForResourceResponse,
} from '@aws-sdk/client-ecs';
import { listTags } from '#control/tags/tag-resource.ts';
import { Fault } from '#core/fault.ts';
import { operation } from '../operation.ts';
import { tagsIf } from '../tags.ts';
import { tagTarget } from './tag-target.ts';

export const listTagsForResourceOperation = operation<ListTagsForResourceRequest, ListTagsForResourceResponse>(
  ListTagsForResource$,
  async ({ deps }, input) => {
    const target = tagTarget(deps.scope, input.resourceArn);
    try {
      return tagsIf(true, await listTags(deps, target));
    } catch (cause) {
      if (!(cause instanceof Fault) || cause.code !== 'ResourceNotFound') throw cause;
      // Unlike those that write tags, this operation has no ResourceNotFoundException in the model.
      const code = target.kind === 'cluster' ? 'ClusterNotFound' : 'InvalidParameter';
      throw new Fault(code, cause.message, {}, { cause });
    }
  },
);
