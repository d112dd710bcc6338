import { z } from 'zod';
import { deleteObject } from '#control/kube/delete-object.ts';
import type { NamedTarget, Target } from '#control/kube/object-request.ts';
import { listObjects } from '#control/kube/read-objects.ts';
import { Fault } from '#core/fault.ts';
import type { Propagation } from '#core/kube/gc/propagation.ts';
import { collectionName, type KubeResource } from '#core/kube/resource.ts';
import { readBody } from '../body/read-body.ts';
import { isDryRun, type KubeCall, numberParameter } from '../call.ts';
import { jsonAnswer, type KubeAnswer } from '../kube-request.ts';
import { listAnswer, objectAnswer } from '../present-objects.ts';
import { success } from '../status.ts';
import { selectionOf } from './list.ts';

/** DeleteOptions of meta/v1, as far as they mean something here. */
const options = z.object({
  preconditions: z.object({ uid: z.string().optional(), resourceVersion: z.string().optional() }).nullish(),
  gracePeriodSeconds: z.number().int().min(0).nullish(),
  propagationPolicy: z.enum(['Orphan', 'Background', 'Foreground']).nullish(),
  /** The older way to ask for `Orphan` or `Background`. */
  orphanDependents: z.boolean().nullish(),
  dryRun: z.array(z.literal('All')).nullish(),
});

function propagationOf({ propagationPolicy, orphanDependents }: z.infer<typeof options>): Propagation | undefined {
  if (propagationPolicy) return propagationPolicy;
  if (typeof orphanDependents !== 'boolean') return undefined;
  return orphanDependents ? 'Orphan' : 'Background';
}

function optionsOf(call: KubeCall) {
  const read = deleteOptions(call.request.body.length === 0 ? {} : readBody(call.request));
  const asked = numberParameter(call.parameters, 'gracePeriodSeconds');
  return {
    ...(asked === undefined ? {} : { gracePeriodSeconds: asked }),
    ...read,
    isDryRun: isDryRun(call.parameters) || read.isDryRun,
  };
}

/** What DeleteOptions mean here. Faults: InvalidParameter. */
export function deleteOptions(sent: unknown) {
  const read = options.safeParse(sent);
  if (!read.success) {
    throw new Fault('InvalidParameter', `the delete options are not valid: ${z.prettifyError(read.error)}`);
  }
  const { uid, resourceVersion } = read.data.preconditions ?? {};
  const { gracePeriodSeconds } = read.data;
  return {
    ...(gracePeriodSeconds === undefined || gracePeriodSeconds === null ? {} : { gracePeriodSeconds }),
    isDryRun: (read.data.dryRun ?? []).length > 0,
    propagation: propagationOf(read.data),
    preconditions: {
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
  };
}

/** DELETE of one object: a Status when it is gone, the object when finalizers still hold it. */
export async function deleteVerb(call: KubeCall, target: NamedTarget): Promise<KubeAnswer> {
  const { resource, name } = target;
  const chosen = optionsOf(call);
  const { object, isGone } = await deleteObject(call.deps, target, chosen);
  if (!isGone) return objectAnswer(call, resource, object);
  return jsonAnswer(200, success(detailsOf(resource, name, object.metadata.uid)));
}

const detailsOf = ({ group, plural }: KubeResource, name: string, uid: string): object => ({
  name,
  ...(group === '' ? {} : { group }),
  kind: plural,
  uid,
});

/** DELETE of a collection: every selected object, one by one; somebody else may delete them at the same time. */
export async function deleteCollectionVerb(call: KubeCall, target: Target): Promise<KubeAnswer> {
  const { deps, user } = call;
  const { resource, namespace } = target;
  const chosen = optionsOf(call);
  const selection = selectionOf(call, resource, resource.isNamespaced ? namespace : undefined);
  const found = await listObjects(deps, { cluster: user.cluster, resource: collectionName(resource) }, selection);
  const deleted = [];
  for (const { value } of found) {
    const { name, namespace: within = '' } = value.metadata;
    try {
      const { object } = await deleteObject(
        deps,
        { ...target, namespace: within, name },
        { ...chosen, preconditions: {} },
      );
      deleted.push(object);
    } catch (error) {
      if (!(error instanceof Fault && error.code === 'ResourceNotFound')) throw error;
    }
  }
  return listAnswer(call, resource, deleted, { resourceVersion: deleted.at(-1)?.metadata.resourceVersion ?? '' });
}
