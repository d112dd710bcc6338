import { checkMeta } from '#core/kube/check-meta.ts';
import { isObject, type KubeObject, type ObjectMeta, type RawObject, timestamp } from '#core/kube/object.ts';
import { apiVersionOf } from '#core/kube/resource.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Ids, Write } from '../ports.ts';
import { check } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { commitObjects } from './commit-objects.ts';
import { alreadyExists, forbidden, invalidObject, notFound } from './kube-faults.ts';
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
  { isDryRun }: ChangeOptions,
): Promise<KubeObject> {
  const { resource } = target;
  return untilCommitted(`creation of a ${resource.kind}`, async (): Promise<KubeObject | typeof CONFLICT> => {
    const object = draftObject(deps, target, sent);
    const { name } = object.metadata;
    const causes = [...checkMeta(object.metadata, resource.kind), ...resource.rules.check(object)];
    if (causes.length > 0) throw invalidObject(resource, name, causes);
    const id = objectIdOf(target, name);
    const guard = await requireNamespace(deps, target, name);
    const standing = await findObject(deps, id);
    if (standing) {
      // A generated name that is taken is drawn again.
      if (typeof metadataOf(sent)['name'] === 'string') throw alreadyExists(resource, name);
      return CONFLICT;
    }
    if (isDryRun) return object;
    const result = await commitObjects(deps, [{ id, kind: 'create', after: object }], guard);
    return result.kind === 'committed' ? (result.objects[0] ?? object) : CONFLICT;
  });
}

const metadataOf = (sent: RawObject): RawObject => (isObject(sent['metadata']) ? sent['metadata'] : {});

/** The object as it will stand: what only the server says is filled in, what a client may not say is left out. */
function draftObject(deps: Dependencies, { resource, namespace }: Target, sent: RawObject): KubeObject {
  const { metadata: _metadata, status: _status, ...members } = sent;
  const { selfLink: _link, deletionTimestamp: _at, deletionGracePeriodSeconds: _grace, ...asked } = metadataOf(sent);
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
