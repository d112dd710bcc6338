import { Fault, type FieldCause } from '#core/fault.ts';
import { type KubeResource, resourceName } from '#core/kube/resource.ts';

/** The faults of the Kubernetes face, worded as kubectl's users know them. */

export const notFound = (resource: KubeResource, name: string): Fault =>
  new Fault('ResourceNotFound', `${resourceName(resource)} "${name}" not found`, about(resource, name));

export const alreadyExists = (resource: KubeResource, name: string): Fault =>
  new Fault('AlreadyExists', `${resourceName(resource)} "${name}" already exists`, about(resource, name));

const STALE = 'the object has been modified; please apply your changes to the latest version and try again';

export const modifiedMeanwhile = (resource: KubeResource, name: string, why = STALE): Fault =>
  new Fault(
    'Conflict',
    `Operation cannot be fulfilled on ${resourceName(resource)} "${name}": ${why}`,
    about(resource, name),
  );

/** `Pod "web" is invalid: spec.containers: Required value`, with every cause beside it. */
export function invalidObject(resource: KubeResource, name: string, causes: readonly FieldCause[]): Fault {
  const texts = causes.map(({ field, message }) => `${field}: ${message}`);
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const kind = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
  return new Fault('Invalid', `${kind} "${name}" is invalid: ${list}`, {
    object: { group: resource.group, kind: resource.kind, name },
    causes,
  });
}

export const forbidden = (resource: KubeResource, name: string, why: string): Fault =>
  new Fault('AccessDenied', `${resourceName(resource)} "${name}" is forbidden: ${why}`, about(resource, name));

const about = ({ group, plural }: KubeResource, name: string) => ({ object: { group, kind: plural, name } });
