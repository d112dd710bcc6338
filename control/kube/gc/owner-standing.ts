import type { OwnerStanding } from '#core/kube/gc/judge-dependent.ts';
import { FOREGROUND_FINALIZER } from '#core/kube/gc/propagation.ts';
import type { KubeObject, OwnerReference } from '#core/kube/object.ts';
import { resourceName } from '#core/kube/resource.ts';
import { resourceOfKind } from '#core/kube/resources.ts';
import type { Dependencies } from '../../dependencies.ts';
import { readMany } from '../../records.ts';
import { type ObjectId, objects } from '../records.ts';

type Owner = Pick<OwnerReference, 'apiVersion' | 'kind' | 'name' | 'uid'>;

/** An owner together with an object that names it. */
export interface Ownership {
  readonly owner: Owner;
  readonly dependent: ObjectId;
}

/**
 * Where an owner is looked for: in the namespace of the object that names it. Undefined for kinds nobody knows here, and
 * for an object outside of namespaces that names one inside, which Kubernetes does not follow either.
 */
export function ownerId({ owner, dependent }: Ownership): ObjectId | undefined {
  const resource = resourceOfKind(owner.apiVersion, owner.kind);
  if (!resource || (resource.isNamespaced && dependent.namespace === '')) return undefined;
  const namespace = resource.isNamespaced ? dependent.namespace : '';
  return { cluster: dependent.cluster, resource: resourceName(resource), namespace, name: owner.name };
}

const placeOf = ({ resource, namespace, name }: ObjectId): string => JSON.stringify([resource, namespace, name]);

/** Reads the owners that are named, each once, and answers how any of them stands. */
export async function readOwners(
  deps: Dependencies,
  ownerships: readonly Ownership[],
): Promise<(ownership: Ownership) => OwnerStanding> {
  const ids = new Map(ownerships.flatMap((one) => idsOf(one)).map((id) => [placeOf(id), id]));
  const found = await readMany(deps.store, objects, [...ids.values()]);
  const standing = new Map([...ids.keys()].map((place, index) => [place, found[index]?.value]));
  return (ownership) => {
    const id = ownerId(ownership);
    return id ? standingOf(standing.get(placeOf(id)), ownership.owner.uid) : 'solid';
  };
}

const idsOf = (ownership: Ownership): readonly ObjectId[] => {
  const id = ownerId(ownership);
  return id ? [id] : [];
};

/** An object of that name with another uid is another object. */
function standingOf(object: KubeObject | undefined, uid: string): OwnerStanding {
  if (object?.metadata.uid !== uid) return 'gone';
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  return deletionTimestamp !== undefined && finalizers.includes(FOREGROUND_FINALIZER) ? 'waiting' : 'solid';
}
