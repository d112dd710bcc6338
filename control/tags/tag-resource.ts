import { Fault } from '#core/fault.ts';
import type { Tag } from '#core/model/tag.ts';
import { requireDisconnectMode } from '#core/service/disconnect-mode.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Item, Write } from '../ports.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { checkTags, checkUntagged, mergeTags } from './tag-rules.ts';
import { type TaggedResource, taggedKey } from './tagged-resource.ts';
import { changeTaskSetTags, taskSetTags } from './task-set-tags.ts';

type Deps = Pick<Dependencies, 'store'>;

/** Faults: ResourceNotFound. */
export async function listTags(deps: Deps, resource: TaggedResource): Promise<readonly Tag[]> {
  return resource.kind === 'task-set' ? taskSetTags(deps, resource) : tagsOf(await requireItem(deps, resource));
}

/** Adds tags, replacing those of the same key. Faults: ResourceNotFound, InvalidParameter. */
export async function tagResource(deps: Deps, resource: TaggedResource, tags: readonly Tag[]): Promise<void> {
  checkTags(tags);
  if (resource.kind === 'service') requireDisconnectMode(tags);
  await changeTags(deps, resource, (old) => mergeTags(old, tags));
}

/** Removes the tags of these keys; keys it does not have are no error. Faults: ResourceNotFound, InvalidParameter. */
export async function untagResource(deps: Deps, resource: TaggedResource, keys: readonly string[]): Promise<void> {
  checkUntagged(keys);
  const removed = new Set(keys);
  await changeTags(deps, resource, (old) => old.filter(({ key }) => !removed.has(key)));
}

async function changeTags(
  deps: Deps,
  resource: TaggedResource,
  change: (old: readonly Tag[]) => readonly Tag[],
): Promise<void> {
  if (resource.kind === 'task-set') return changeTaskSetTags(deps, resource, change);
  await untilCommitted(`tags of ${resource.kind}`, async () => {
    const item = await requireItem(deps, resource);
    const outcome = await deps.store.transact([withTags(item, change(tagsOf(item)))]);
    return outcome.kind === 'committed' ? undefined : CONFLICT;
  });
}

async function requireItem({ store }: Deps, resource: TaggedResource): Promise<Item> {
  const item = await store.get(taggedKey(resource));
  // Another profile may have the name by now.
  const isOther = resource.kind === 'fargate-profile' && item?.value['id'] !== resource.id;
  if (!item || isOther) throw new Fault('ResourceNotFound', `The specified ${resource.kind} was not found.`);
  if (item.value.status === 'INACTIVE' && resource.kind !== 'task-definition') {
    throw new Fault(
      'InvalidParameter',
      `The specified ${resource.kind} is inactive. Specify an active ${resource.kind} and try again.`,
    );
  }
  return item;
}

/** Rewrites the item around its tags; index entry and expiry stay, and nobody is woken for a tag. */
const withTags = ({ key, version, kind, value, index, expiresAt }: Item, tags: readonly Tag[]): Write => ({
  kind: 'put',
  key,
  expect: version,
  body: {
    kind,
    value: { ...value, tags: tags.map((tag) => ({ key: tag.key, value: tag.value })) },
    ...(index ? { index } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  },
});

// Every kind of record that taggedKey names has this member.
const tagsOf = (item: Item): readonly Tag[] => item.value.tags as unknown as readonly Tag[];
