import type { Json } from '#core/json.ts';
import { type KubeObject, type OwnerReference, objectAt } from '#core/kube/object.ts';
import { resourceName } from '#core/kube/resource.ts';
import { resourceOfKind } from '#core/kube/resources.ts';
import type { Dependencies } from '../../dependencies.ts';
import { findObject } from '../read-objects.ts';
import type { ObjectId } from '../records.ts';

/** How many pods the controllers of these pods ask for together; a pod without one is asked for by nobody. */
export async function scaleOf(
  deps: Dependencies,
  id: Pick<ObjectId, 'cluster' | 'namespace'>,
  pods: readonly KubeObject[],
): Promise<number> {
  const direct = distinct(pods.map(controllerOf));
  const found = await Promise.all(direct.map((owner) => readOwner(deps, id, owner)));
  // A replica set of a deployment asks for what the deployment lets it have at the moment: the deployment is asked.
  const above = distinct(found.map((object) => object && controllerOf(object)));
  const deployments = await Promise.all(above.map((owner) => readOwner(deps, id, owner)));
  const asking = [...found.filter((object) => object && !controllerOf(object)), ...deployments];
  return asking.reduce((sum, object) => sum + (object ? replicasOf(object) : 0), 0);
}

const controllerOf = ({ metadata }: KubeObject): OwnerReference | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller === true);

const distinct = (owners: readonly (OwnerReference | undefined)[]): readonly OwnerReference[] => [
  ...new Map(owners.flatMap((owner) => (owner ? [[owner.uid, owner]] : []))).values(),
];

async function readOwner(
  deps: Dependencies,
  { cluster, namespace }: Pick<ObjectId, 'cluster' | 'namespace'>,
  { apiVersion, kind, name }: OwnerReference,
): Promise<KubeObject | undefined> {
  const resource = resourceOfKind(apiVersion, kind);
  return resource && (await findObject(deps, { cluster, resource: resourceName(resource), namespace, name }))?.value;
}

function replicasOf(object: KubeObject): number {
  const { replicas, parallelism } = objectAt(object['spec'] as Json);
  const asked = replicas ?? parallelism ?? 1;
  return typeof asked === 'number' ? asked : 1;
}
