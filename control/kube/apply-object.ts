import { Fault } from '#core/fault.ts';
import type { Json } from '#core/json.ts';
import { type Application, applyConfiguration } from '#core/kube/apply/apply-configuration.ts';
import { withOwners } from '#core/kube/apply/owners.ts';
import { type KubeObject, objectAt, type RawObject } from '#core/kube/object.ts';
import type { Dependencies } from '../dependencies.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { createObject } from './create-object.ts';
import { type ChangeOptions, type NamedTarget, objectIdOf } from './object-request.ts';
import { findObject } from './read-objects.ts';
import { updateObject } from './update-object.ts';

export interface Applied {
  readonly object: KubeObject;
  /** It was not there before. */
  readonly isNew: boolean;
}

/**
 * Server-side apply: makes the object, or lays the configuration over what stands. Applied again, it changes nothing.
 * Faults: as createObject and updateObject; Conflict for fields that others own and have otherwise.
 */
export async function applyObject(
  deps: Dependencies,
  target: NamedTarget,
  application: Application,
  { isDryRun }: ChangeOptions,
): Promise<Applied> {
  const { resource, name, subresource } = target;
  return untilCommitted(`application of ${resource.kind} ${name}`, async (): Promise<Applied | typeof CONFLICT> => {
    const isThere = (await findObject(deps, objectIdOf(target, name))) !== undefined;
    // A part of an object is not made without the object: then the update says that nothing is there.
    if (isThere || subresource !== undefined) {
      const options = { isDryRun, track: asApplied };
      return { object: await updateObject(deps, target, laidOver(application), options), isNew: false };
    }
    return create(deps, target, application, isDryRun);
  });
}

/** The configuration has said whose the fields are; what the server fills in is nobody's. */
const asApplied = (after: KubeObject): KubeObject => after;

const laidOver =
  (application: Application) =>
  (before: KubeObject): RawObject => {
    const wanted = applyConfiguration(application, before as unknown as Json as RawObject);
    // A version or uid in the configuration is a condition.
    const { uid, resourceVersion } = objectAt(application.config['metadata']);
    const conditions = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
    return { ...wanted, metadata: { ...objectAt(wanted['metadata']), ...conditions } };
  };

async function create(
  deps: Dependencies,
  target: NamedTarget,
  application: Application,
  isDryRun: boolean,
): Promise<Applied | typeof CONFLICT> {
  const made = applyConfiguration(application, {}) as unknown as KubeObject;
  const owners = made.metadata.managedFields ?? [];
  const sent = { ...application.config, metadata: { ...objectAt(application.config['metadata']), name: target.name } };
  try {
    const object = await createObject(deps, target, sent, { isDryRun, track: (draft) => withOwners(draft, owners) });
    return { object, isNew: true };
  } catch (error) {
    // Somebody made it meanwhile.
    if (error instanceof Fault && error.code === 'AlreadyExists') return CONFLICT;
    throw error;
  }
}
