import type { Tag as WireTag } from '@aws-sdk/client-ecs';
import { checkTags } from '#control/tags/tag-rules.ts';
import type { Tag } from '#core/model/tag.ts';

/** Tags as a request carries them; an absent value is an empty one. Throws InvalidParameter. */
export const readTags = (tags: readonly WireTag[] | undefined): readonly Tag[] =>
  checkTags((tags ?? []).map(({ key = '', value = '' }) => ({ key, value })));

/** Tags appear in answers only when they are asked for. */
export const tagsIf = (included: boolean, tags: readonly Tag[]): { tags: WireTag[] } => ({
  tags: included ? tags.map(({ key, value }) => ({ key, value })) : [],
});

export const includesTags = (include: readonly string[] | undefined): boolean => include?.includes('TAGS') ?? false;
