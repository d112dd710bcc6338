import type { FieldCause } from '../../fault.ts';
import type { Json, JsonObject } from '../../json.ts';
import { invalid, required, unsupported } from '../causes.ts';
import { isObject, objectAt } from '../object.ts';
import { checkPodSpec } from '../pod/check/check-pod-spec.ts';
import { fillPodSpec } from '../pod/fill/fill-pod-spec.ts';
import { checkSelectorLabels } from '../selector/selector-object.ts';

/** What pods are made after (core/v1 PodTemplateSpec). */
export type PodTemplate = JsonObject;

export const labelsOf = (template: Json | undefined): Readonly<Record<string, string>> =>
  objectAt(objectAt(objectAt(template)['metadata'])['labels']) as Readonly<Record<string, string>>;

/** Fills what the template leaves out, as it is filled in a pod. */
export function fillTemplate(template: Json | undefined): PodTemplate {
  const { spec, metadata, ...members } = objectAt(template);
  return {
    ...members,
    metadata: { ...withoutNulls(objectAt(metadata)) },
    ...(isObject(spec) ? { spec: fillPodSpec(spec) } : spec === undefined ? {} : { spec }),
  };
}

const withoutNulls = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));

/** What is wrong with a template at `path`, of pods that may be restarted in these ways. */
export function checkTemplate(
  template: Json | undefined,
  path: string,
  restartPolicies: readonly string[],
): readonly FieldCause[] {
  const { spec, metadata } = objectAt(template);
  if (!isObject(spec)) return [required(`${path}.spec`)];
  const { restartPolicy } = spec;
  return [
    ...checkSelectorLabels(`${path}.metadata.labels`, objectAt(metadata)['labels']),
    ...checkPodSpec(spec, `${path}.spec`),
    ...(restartPolicies.includes(String(restartPolicy))
      ? []
      : [unsupported(`${path}.spec.restartPolicy`, restartPolicy, restartPolicies)]),
    ...(isObject(metadata) || metadata === undefined
      ? []
      : [invalid(`${path}.metadata`, metadata, 'must be metadata')]),
  ];
}
