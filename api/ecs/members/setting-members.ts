import type {
  DeleteAccountSettingRequest,
  ListAccountSettingsRequest,
  ListTagsForResourceRequest,
  PutAccountSettingDefaultRequest,
  PutAccountSettingRequest,
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-ecs';
import { type Declaration, echoed, members, supported } from './member-policy.ts';

const value = echoed(
  '`containerInsights` becomes the setting of new clusters; nothing else follows from any: ARNs are always long and tags always allowed.',
);

/** Account settings and tags. */
export const settingMembers: readonly Declaration[] = [
  members<PutAccountSettingRequest>('PutAccountSettingRequest', {
    name: supported,
    value,
    principalArn: supported,
  }),
  members<PutAccountSettingDefaultRequest>('PutAccountSettingDefaultRequest', { name: supported, value }),
  members<DeleteAccountSettingRequest>('DeleteAccountSettingRequest', { name: supported, principalArn: supported }),
  members<ListAccountSettingsRequest>('ListAccountSettingsRequest', {
    name: supported,
    value: supported,
    principalArn: supported,
    effectiveSettings: supported,
    nextToken: supported,
    maxResults: supported,
  }),
  members<TagResourceRequest>('TagResourceRequest', { resourceArn: supported, tags: supported }),
  members<UntagResourceRequest>('UntagResourceRequest', { resourceArn: supported, tagKeys: supported }),
  members<ListTagsForResourceRequest>('ListTagsForResourceRequest', { resourceArn: supported }),
  members<Tag>('Tag', { key: supported, value: supported }),
];
