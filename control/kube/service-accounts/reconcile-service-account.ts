import { Fault } from '#core/fault.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import type { Dependencies } from '../../dependencies.ts';
import { createObject, namespaceId } from '../create-object.ts';
import { findObject } from '../read-objects.ts';
import type { ObjectReconciler } from '../reconcilers.ts';

/** The account that pods of a namespace have when they name none. */
const DEFAULT_ACCOUNT = 'default';

/** Makes the `default` account of a namespace that is there and stays, unless it is there. */
export async function ensureDefaultAccount(deps: Dependencies, cluster: string, namespace: string): Promise<void> {
  const resource = resourceNamed('serviceaccounts');
  const id = { cluster, resource: 'serviceaccounts', namespace, name: DEFAULT_ACCOUNT };
  if (await findObject(deps, id)) return;
  const found = await findObject(deps, namespaceId(cluster, namespace));
  if (!found || found.value.metadata.deletionTimestamp !== undefined) return;
  try {
    const account = { metadata: { name: DEFAULT_ACCOUNT } };
    await createObject(deps, { cluster, resource, namespace }, account, { isDryRun: false });
  } catch (error) {
    // Somebody else made it, or the namespace began to go.
    const isSettled =
      error instanceof Fault && ['AlreadyExists', 'ResourceNotFound', 'AccessDenied'].includes(error.code);
    if (!isSettled) throw error;
  }
}

/** Brings a deleted default account back. */
export const serviceAccountReconciler: ObjectReconciler = {
  isDue: () => false,
  async reconcile(deps, { cluster, namespace, name }): Promise<undefined> {
    if (name === DEFAULT_ACCOUNT) await ensureDefaultAccount(deps, cluster, namespace);
  },
};
