import type { NamedTarget } from '#control/kube/object-request.ts';
import { Fault } from '#core/fault.ts';
import { objectAt, type RawObject } from '#core/kube/object.ts';

/** An object sent to a path has the name of the path. Faults: InvalidParameter. */
export function requireName({ name }: NamedTarget, sent: RawObject): void {
  const given = objectAt(sent['metadata'])['name'];
  if (given === name) return;
  throw new Fault(
    'InvalidParameter',
    `the name of the object (${String(given)}) does not match the name on the URL (${name})`,
  );
}
