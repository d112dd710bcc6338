import type { KubeObject } from '#core/kube/object.ts';
import type { KubeResource } from '#core/kube/resource.ts';
import { shownAs } from '#core/kube/resource.ts';
import { columnsOf } from './columns/columns-of.ts';

/** A meta/v1 Table of objects, in the columns kubectl's users know. */
export function tableOf(
  resource: KubeResource,
  objects: readonly KubeObject[],
  metadata: object,
  {
    now,
    include,
    hasHeader = true,
  }: { readonly now: number; readonly include: string | null; readonly hasHeader?: boolean },
): object {
  const columns = columnsOf(resource);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    // A watch says its columns once.
    columnDefinitions: hasHeader
      ? columns.map(({ name, type = 'string', priority = 0, description }) => ({
          name,
          type,
          format: name === 'Name' ? 'name' : '',
          description,
          priority,
        }))
      : null,
    rows: objects.map((object) => ({
      cells: columns.map(({ value }) => value(object, now)),
      ...(include === 'None' ? {} : { object: include === 'Object' ? shownAs(resource, object) : partial(object) }),
    })),
  };
}

/** The object without content. */
export const partial = ({ metadata }: KubeObject): object => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
});
