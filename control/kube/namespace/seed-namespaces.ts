import { Fault } from '#core/fault.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import type { Dependencies } from '../../dependencies.ts';
import { createObject } from '../create-object.ts';

/** Namespaces that every Kubernetes cluster begins with. */
const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'] as const;

/** Makes the namespaces a cluster begins with, those of them that are not there yet. */
export async function seedNamespaces(deps: Dependencies, cluster: string): Promise<void> {
  const target = { cluster, resource: resourceNamed('namespaces'), namespace: '' };
  for (const name of NAMESPACES) {
    try {
      await createObject(deps, target, { metadata: { name } }, { isDryRun: false });
    } catch (error) {
      if (!(error instanceof Fault && error.code === 'AlreadyExists')) throw error;
    }
  }
}
