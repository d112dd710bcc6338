import type { KubeObject } from '#core/kube/object.ts';
import { type FieldSelector, matchesFields } from '#core/kube/selector/field-selector.ts';
import { type LabelSelector, matchesLabels } from '#core/kube/selector/label-selector.ts';
import type { Dependencies } from '../dependencies.ts';
import { namespacePrefix, objectsPartition } from '../keys.ts';
import { asRecord, read, type Versioned } from '../records.ts';
import { type CollectionId, FIRST_POSITION, logHeads, type ObjectId, objects } from './records.ts';

/** Which objects of a collection somebody looks at. */
export interface Selection {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labels: LabelSelector;
  readonly fields: FieldSelector;
}

export const isSelected = ({ namespace, labels, fields }: Selection, object: KubeObject): boolean =>
  (namespace === undefined || (object.metadata.namespace ?? '') === namespace) &&
  matchesLabels(labels, object.metadata.labels) &&
  matchesFields(fields, object);

export const findObject = (deps: Dependencies, id: ObjectId): Promise<Versioned<KubeObject> | undefined> =>
  read(deps.store, objects, id);

/** Newest position of a collection's log. */
export async function readPosition(deps: Dependencies, id: CollectionId): Promise<number> {
  return (await read(deps.store, logHeads, id))?.value.position ?? FIRST_POSITION;
}

export interface ObjectPage {
  readonly items: readonly Versioned<KubeObject>[];
  /** Sort key behind which the next page begins; absent on the last. */
  readonly next?: string;
}

/** How many objects are read at a time while looking for those that are selected. */
const READ_AHEAD = 500;

/** Selected objects in order of namespace and name, at most `limit` of them, behind `after`. */
export async function pageObjects(
  deps: Dependencies,
  id: CollectionId,
  selection: Selection,
  { limit, after }: { readonly limit?: number; readonly after?: string } = {},
): Promise<ObjectPage> {
  const pk = objectsPartition(id.cluster, id.resource);
  const prefix = selection.namespace === undefined ? {} : { prefix: namespacePrefix(selection.namespace) };
  const items: Versioned<KubeObject>[] = [];
  let from = after;
  for (;;) {
    const page = await deps.store.query({
      pk,
      ...prefix,
      limit: READ_AHEAD,
      ...(from === undefined ? {} : { after: from }),
    });
    for (const [index, item] of page.items.entries()) {
      const record = asRecord(objects, item);
      if (!isSelected(selection, record.value)) continue;
      items.push(record);
      const isLast = index === page.items.length - 1 && page.next === undefined;
      if (items.length === limit) return isLast ? { items } : { items, next: item.key.sk };
    }
    if (page.next === undefined) return { items };
    from = page.next;
  }
}

/** Every selected object. */
export const listObjects = async (
  deps: Dependencies,
  id: CollectionId,
  selection: Selection = { labels: [], fields: [] },
): Promise<readonly Versioned<KubeObject>[]> => (await pageObjects(deps, id, selection)).items;
