import { checkMeta } from '#core/kube/check-meta.ts';
import { isObject, type KubeObject, type ObjectMeta, type RawObject, timestamp } from '#core/kube/object.ts';
import { apiVersionOf } from '#core/kube/resource.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Ids, Write } from '../ports.ts';
import { check } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { admitObjects } from './admit-objects.ts';
import { type Commit, commitObjects } from './commit-objects.ts';
import { alreadyExists, forbidden, invalidObject, notFound } from './kube-faults.ts';
import { claimCause, takenClaim } from './object-claims.ts';
import { type ChangeOptions, objectIdOf, type Target } from './object-request.ts';
import { findObject } from './read-objects.ts';
import { type ObjectId, objects } from './records.ts';

/**
 * Creates an object. Its namespace must be there and stay: that is part of the write.
 * Faults: Invalid, AlreadyExists, ResourceNotFound (the namespace), AccessDenied (it is being deleted), LimitExceeded.
 */
export async function createObject(
  deps: Dependencies,
  target: Target,
  sent: RawObject,
  { isDryRun, track }: ChangeOptions,
): Promise<KubeObject> {
  const { resource } = target;
  return untilCommitted(`creation of a ${resource.kind}`, async (attempt): Promise<KubeObject | typeof CONFLICT> => {
    const { commits, guard } = await planCreations(deps, target, [sent], track);
    for (const { id, after } of commits) {
      if (await findObject(deps, id)) {
        // A generated name that is taken is drawn again.
        if (typeof metadataOf(sent)['name'] === 'string') throw alreadyExists(resource, id.name);
        return CONFLICT;
      }
      const taken = await takenClaim(deps, id, resource.rules.claims?.(after) ?? []);
      // One that was drawn is drawn again; one that was asked for stays taken.
      if (taken && attempt < DRAWS) return CONFLICT;
      if (taken) throw invalidObject(resource, id.name, [claimCause(taken)]);
      if (isDryRun) return after;
    }
    const result = await commitObjects(deps, commits, guard);
    return (result.kind === 'committed' ? result.objects[0] : undefined) ?? CONFLICT;
  });
}

export interface PlannedCreations {
  /** One for each object, in the order they were sent. */
  readonly commits: readonly Extract<Commit, { readonly kind: 'create' }>[];
  /** What must still hold at the commit. */
  readonly guard: readonly Write[];
}

/**
 * What making these objects writes; nothing is written yet. Everything that makes objects goes through here.
 * Faults: Invalid, ResourceNotFound (the namespace), AccessDenied (it is being deleted).
 */
export async function planCreations(
  deps: Dependencies,
  target: Target,
  sent: readonly RawObject[],
  track: NonNullable<ChangeOptions['track']> = (object) => object,
): Promise<PlannedCreations> {
  const { resource } = target;
  const { objects: admitted, guard: admission } = await admitObjects(
    deps,
    target,
    sent.map((one) => draftObject(deps, target, one)),
  );
  const drafts = admitted.map((one) => track(one));
  for (const draft of drafts) {
    const causes = [...checkMeta(draft.metadata, resource.rules), ...resource.rules.check(draft)];
    if (causes.length > 0) throw invalidObject(resource, draft.metadata.name, causes);
  }
  const guard = await requireNamespace(deps, target, drafts[0]?.metadata.name ?? '');
  const commits = drafts.map(
    (after) => ({ kind: 'create', id: objectIdOf(target, after.metadata.name), after }) as const,
  );
  return { commits, guard: [...guard, ...admission] };
}

const metadataOf = (sent: RawObject): RawObject => (isObject(sent['metadata']) ? sent['metadata'] : {});

/** The object as it will stand: what only the server says is filled in, what a client may not say is left out. */
function draftObject(deps: Dependencies, { resource, namespace }: Target, sent: RawObject): KubeObject {
  const { metadata: _metadata, status: _status, ...members } = sent;
  const {
    selfLink: _link,
    deletionTimestamp: _at,
    deletionGracePeriodSeconds: _grace,
    managedFields: _owners,
    ...asked
  } = metadataOf(sent);
  const metadata = {
    ...asked,
    name: nameOf(deps.ids, asked),
    ...(resource.isNamespaced ? { namespace } : {}),
    uid: deps.ids.uuid(),
    resourceVersion: '0',
    ...(resource.rules.desired.length > 0 ? { generation: 1 } : {}),
    creationTimestamp: timestamp(deps.clock.now()),
  } as ObjectMeta;
  return resource.rules.fillDefaults({
    ...members,
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata,
  });
}

/** More than two objects never draw the same by chance. */
const DRAWS = 3;

/** Letters that make no words. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const MAX_GENERATED_BASE = 58;

function nameOf(ids: Ids, { name, generateName }: RawObject): string {
  if (typeof name === 'string' && name !== '') return name;
  if (typeof generateName !== 'string' || generateName === '') return '';
  const draw = (): string => ALPHABET.charAt(Math.floor(ids.random() * ALPHABET.length));
  return `${generateName.slice(0, MAX_GENERATED_BASE)}${Array.from({ length: 5 }, draw).join('')}`;
}

/** Nothing is made in a namespace that is not there or that goes; the check makes that hold at the commit, too. */
async function requireNamespace(deps: Dependencies, target: Target, name: string): Promise<readonly Write[]> {
  if (!target.resource.isNamespaced) return [];
  const id = namespaceId(target.cluster, target.namespace);
  const namespace = await findObject(deps, id);
  if (!namespace) throw notFound(resourceNamed('namespaces'), target.namespace);
  if (namespace.value.metadata.deletionTimestamp !== undefined) {
    throw forbidden(
      target.resource,
      name,
      `unable to create new content in namespace ${target.namespace} because it is being terminated`,
    );
  }
  return [check(objects, id, namespace.version)];
}

export const namespaceId = (cluster: string, name: string): ObjectId => ({
  cluster,
  resource: 'namespaces',
  namespace: '',
  name,
});
