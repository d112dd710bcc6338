import { createObject } from '#control/kube/create-object.ts';
import type { NamedTarget, Target } from '#control/kube/object-request.ts';
import { updateObject } from '#control/kube/update-object.ts';
import { Fault } from '#core/fault.ts';
import type { Json } from '#core/json.ts';
import type { KubeObject, RawObject } from '#core/kube/object.ts';
import { jsonPatch } from '#core/kube/patch/json-patch.ts';
import { mergePatch } from '#core/kube/patch/merge-patch.ts';
import { strategicMerge } from '#core/kube/patch/strategic-merge.ts';
import { servedSchema } from '#core/kube/schema/schema.ts';
import type { TypeSchema } from '#core/kube/schema/shape.ts';
import { decodeSent } from '../body/decode-sent.ts';
import { mediaTypeOf, readSent, requireKind } from '../body/read-body.ts';
import { isDryRun, type KubeCall } from '../call.ts';
import { invalidOption, trackUpdates } from '../field-manager.ts';
import type { KubeAnswer } from '../kube-request.ts';
import { objectAnswer } from '../present-objects.ts';
import { APPLY_PATCH, applyVerb } from './apply.ts';
import { facetOf } from './facet.ts';
import { requireName } from './require-name.ts';

const optionsOf = (call: KubeCall, { resource, subresource }: Target & { readonly subresource?: string }) => ({
  isDryRun: isDryRun(call.parameters),
  track: trackUpdates(call, resource, subresource),
});

/** POST to a collection. */
export async function createVerb(call: KubeCall, target: Target): Promise<KubeAnswer> {
  const sent = sentObject(call, target);
  const made = await createObject(call.deps, target, sent, optionsOf(call, target));
  return objectAnswer(call, target.resource, made, 201);
}

/** The body as an object of the target's kind. */
export function sentObject(call: KubeCall, { resource, namespace }: Pick<Target, 'resource' | 'namespace'>): RawObject {
  const { value, duplicates } = readSent(call.request);
  return decodeSent(call, resource, requireKind(resource, value, namespace), duplicates);
}

/** PUT: the object as it shall be; a version in it is a condition. */
export async function updateVerb(call: KubeCall, target: NamedTarget): Promise<KubeAnswer> {
  const { resource, show, change } = facetOf(target);
  const sent = sentObject(call, { resource, namespace: target.namespace });
  requireName(target, sent);
  const after = await updateObject(call.deps, target, (before) => change(before, sent), optionsOf(call, target));
  return objectAnswer(call, resource, show(after));
}

/** How each kind of patch changes an object. */
const PATCHES = new Map<string, (before: Json, patch: Json, type: TypeSchema) => Json>([
  ['application/json-patch+json', jsonPatch],
  ['application/merge-patch+json', mergePatch],
  ['application/strategic-merge-patch+json', strategicMerge],
]);

/** PATCH: a configuration to apply, or one of three kinds of difference, which is applied again to whatever stands when somebody else was faster. */
export async function patchVerb(call: KubeCall, target: NamedTarget): Promise<KubeAnswer> {
  const media = mediaTypeOf(call.request);
  if (media === APPLY_PATCH) return applyVerb(call, target);
  const apply = PATCHES.get(media);
  if (!apply) {
    const known = [...PATCHES.keys(), APPLY_PATCH].join(', ');
    throw new Fault(
      'Refused',
      `the body of the request was in an unknown format - accepted media types include: ${known}`,
      {
        reason: 'UnsupportedMediaType',
      },
    );
  }
  if (call.parameters.has('force')) {
    throw invalidOption('force', 'Forbidden: may not be specified for non-apply patch');
  }
  const { resource, show, change } = facetOf(target);
  const type = servedSchema(resource);
  const { value: patch, duplicates } = readSent(call.request);
  const patched = (before: KubeObject): RawObject => {
    const after = requireKind(resource, apply(show(before) as unknown as Json, patch, type), target.namespace);
    return change(before, decodeSent(call, resource, after, duplicates));
  };
  const after = await updateObject(call.deps, target, patched, optionsOf(call, target));
  return objectAnswer(call, resource, show(after));
}
