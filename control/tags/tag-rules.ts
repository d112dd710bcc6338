import { Fault } from '#core/fault.ts';
import type { Tag } from '#core/model/tag.ts';

const MAX_TAGS = 50;
const MAX_KEY = 128;
const MAX_VALUE = 256;
/** What AWS allows in keys and values: letters, digits, spaces and a few signs. */
const ALLOWED = /^[\p{L}\p{N}\p{Zs}_.:/=+\-@]*$/u;

/** Throws InvalidParameter unless the tags are ones a caller may put on a resource. */
export function checkTags(tags: readonly Tag[]): readonly Tag[] {
  const keys = new Set(tags.map(({ key }) => key));
  if (keys.size < tags.length) invalid('Duplicate tag keys found.');
  if (tags.length > MAX_TAGS) invalid(`The maximum number of tags that can be applied is ${MAX_TAGS}.`);
  for (const { key, value } of tags) checkTag(key, value);
  return tags;
}

/** Throws InvalidParameter for keys that nobody but ECS may take away. */
export function checkUntagged(keys: readonly string[]): void {
  if (keys.some(isReserved)) invalid("Tags whose keys start with 'aws:' cannot be removed.");
}

/** The tags after new ones were put over old ones; order of first appearance. */
export function mergeTags(old: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  const merged = new Map([...old, ...added].map(({ key, value }) => [key, value]));
  // What ECS itself puts on a resource does not count.
  if ([...merged.keys()].filter((key) => !isReserved(key)).length > MAX_TAGS)
    invalid(`The maximum number of tags that can be applied is ${MAX_TAGS}.`);
  return [...merged].map(([key, value]) => ({ key, value }));
}

const isReserved = (key: string): boolean => /^aws:/i.test(key);

function checkTag(key: string, value: string): void {
  if (key.length < 1 || key.length > MAX_KEY) invalid(`Tag keys must have 1 to ${MAX_KEY} characters.`);
  if (value.length > MAX_VALUE) invalid(`Tag values must have at most ${MAX_VALUE} characters.`);
  if (!ALLOWED.test(key) || !ALLOWED.test(value)) invalid('Tags contain characters that are not allowed.');
  if (isReserved(key)) invalid("Tag keys must not start with 'aws:': the prefix is reserved for AWS.");
}

const invalid = (message: string): never => {
  throw new Fault('InvalidParameter', message);
};
