import type { KubeObject } from '#core/kube/object.ts';
import { resourceName } from '#core/kube/resource.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Write } from '../ports.ts';
import type { Target } from './object-request.ts';
import { admitNewPods } from './pod/admission.ts';

export interface AdmittedObjects {
  /** In the order of the drafts. */
  readonly objects: readonly KubeObject[];
  /** What must still hold when they are written. */
  readonly guard: readonly Write[];
}

/** What is done to objects that are being made, beside their kind's own defaults: only pods are looked at, by Fargate. */
export async function admitObjects(
  deps: Dependencies,
  { cluster, resource }: Target,
  drafts: readonly KubeObject[],
): Promise<AdmittedObjects> {
  return resourceName(resource) === 'pods' ? admitNewPods(deps, cluster, drafts) : { objects: drafts, guard: [] };
}
