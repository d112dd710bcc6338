import { applyObject } from '#control/kube/apply-object.ts';
import type { NamedTarget } from '#control/kube/object-request.ts';
import { Fault } from '#core/fault.ts';
import { isObject, objectAt } from '#core/kube/object.ts';
import { decodeSent } from '../body/decode-sent.ts';
import { readSent, requireKind } from '../body/read-body.ts';
import { isDryRun, isTrue, type KubeCall } from '../call.ts';
import { changeBy } from '../field-manager.ts';
import type { KubeAnswer } from '../kube-request.ts';
import { objectAnswer } from '../present-objects.ts';
import { facetOf } from './facet.ts';
import { requireName } from './require-name.ts';

export const APPLY_PATCH = 'application/apply-patch+yaml';

/** PATCH with a configuration: the fields it has are the manager's, and what it has no longer goes (server-side apply). */
export async function applyVerb(call: KubeCall, target: NamedTarget): Promise<KubeAnswer> {
  const { resource, namespace, subresource } = target;
  if (facetOf(target).resource !== resource) {
    throw new Fault('Refused', `${subresource} is not applied here - send a patch of another kind`, {
      reason: 'UnsupportedMediaType',
    });
  }
  const change = changeBy(call, resource, 'Apply', subresource);
  const { value, duplicates } = readSent(call.request);
  requireUnmanaged(isObject(value) ? objectAt(value['metadata'])['managedFields'] : undefined);
  const config = decodeSent(call, resource, requireKind(resource, value, namespace), duplicates);
  requireName(target, config);
  const application = { ...change, config, isForced: isTrue(call.parameters, 'force') };
  const { object, isNew } = await applyObject(call.deps, target, application, { isDryRun: isDryRun(call.parameters) });
  return objectAnswer(call, resource, object, isNew ? 201 : 200);
}

/** Whoever applies says what it wants, not what others have. */
function requireUnmanaged(managedFields: unknown): void {
  if (managedFields === undefined || managedFields === null) return;
  throw new Fault('InvalidParameter', 'metadata.managedFields must be nil');
}
