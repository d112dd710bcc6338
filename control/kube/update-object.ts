import { withOwners } from '#core/kube/apply/owners.ts';
import { checkMeta } from '#core/kube/check-meta.ts';
import type { KubeObject, RawObject } from '#core/kube/object.ts';
import type { KubeResource } from '#core/kube/resource.ts';
import { isSameValue } from '#core/kube/same-value.ts';
import type { Dependencies } from '../dependencies.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { commitObjects } from './commit-objects.ts';
import { planRelease } from './delete-object.ts';
import { invalidObject, modifiedMeanwhile, notFound } from './kube-faults.ts';
import { type ChangeOptions, type NamedTarget, objectIdOf } from './object-request.ts';
import { findObject } from './read-objects.ts';

/**
 * Changes an object: `change` is given what stands and answers what shall stand, and is asked again when somebody else was
 * faster, unless it names the version it was made for. The status is changed through its subresource only.
 * Faults: ResourceNotFound, Conflict, Invalid.
 */
export async function updateObject(
  deps: Dependencies,
  target: NamedTarget,
  change: (before: KubeObject) => RawObject,
  { isDryRun, track = keepOwners }: ChangeOptions,
): Promise<KubeObject> {
  const { resource, name } = target;
  const id = objectIdOf(target, name);
  return untilCommitted(`update of ${resource.kind} ${name}`, async (): Promise<KubeObject | typeof CONFLICT> => {
    const before = await findObject(deps, id);
    if (!before) throw notFound(resource, name);
    const wanted = change(before.value);
    requireSameObject(target, before.value, wanted);
    const after = track(merged(target, before.value, wanted), before.value);
    const causes = [...checkMeta(after.metadata, resource.rules), ...resource.rules.check(after, before.value)];
    if (causes.length > 0) throw invalidObject(resource, name, causes);
    // An update that changes nothing is no change: no new version, no event, as in Kubernetes.
    if (isDryRun || isSameValue(before.value, after)) return after;
    const result = await commitObjects(deps, [planRelease(resource, id, before, after)]);
    return result.kind === 'committed' ? (result.objects[0] ?? after) : CONFLICT;
  });
}

/** Whoever changes objects without a name, such as a controller, leaves the owners of fields as they are. */
function keepOwners(after: KubeObject, before?: KubeObject): KubeObject {
  const { managedFields: _sent, ...metadata } = after.metadata;
  return withOwners({ ...after, metadata }, before?.metadata.managedFields ?? []);
}

/** A version or uid that was sent is a condition. */
function requireSameObject({ resource, name }: NamedTarget, before: KubeObject, wanted: RawObject): void {
  const { uid, resourceVersion } = (wanted['metadata'] ?? {}) as { uid?: string; resourceVersion?: string };
  if (resourceVersion && resourceVersion !== before.metadata.resourceVersion) throw modifiedMeanwhile(resource, name);
  if (uid && uid !== before.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata.uid}`;
    throw modifiedMeanwhile(resource, name, why);
  }
}

/** What was sent, with everything that a client cannot change taken from what stands. */
function merged({ resource, subresource }: NamedTarget, before: KubeObject, wanted: RawObject): KubeObject {
  const sent = wanted as unknown as KubeObject;
  if (subresource === 'status') {
    const { managedFields } = sent.metadata ?? {};
    const metadata = { ...before.metadata, ...present({ managedFields }) } as KubeObject['metadata'];
    return { ...before, metadata, status: sent['status'] };
  }
  const { name, namespace, uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds } = before.metadata;
  const { status: _status, ...members } = sent;
  const after = resource.rules.fillDefaults(
    {
      ...members,
      apiVersion: before.apiVersion,
      kind: before.kind,
      metadata: {
        ...sent.metadata,
        ...present({ name, namespace, uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds }),
        resourceVersion: before.metadata.resourceVersion,
      } as KubeObject['metadata'],
      ...present({ status: before['status'] }),
    },
    before,
  );
  return withGeneration(resource, before, after);
}

function withGeneration({ rules }: KubeResource, before: KubeObject, after: KubeObject): KubeObject {
  const { generation } = before.metadata;
  if (generation === undefined) return after;
  const isSame = rules.desired.every((member) => isSameValue(before[member], after[member]));
  return { ...after, metadata: { ...after.metadata, generation: isSame ? generation : generation + 1 } };
}

const present = (members: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
