import type { FieldCause } from '../fault.ts';
import type { KindRules } from './kinds/kind-rules.ts';
import { isObject } from './object.ts';
import { isLabelKey, isLabelValue } from './selector/label-selector.ts';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const MAX_NAME = 253;
const MAX_ANNOTATIONS = 256 * 1024;

export const isSubdomain = (text: string): boolean => text.length <= MAX_NAME && SUBDOMAIN.test(text);
export const isDnsLabel = (text: string): boolean => LABEL.test(text);

const invalid = (field: string, value: unknown, why: string): FieldCause => ({
  field,
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
});

const NAME_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";

/** Checks what every object has: name, namespace, labels, annotations and finalizers (Kubernetes: object names and ids). */
export function checkMeta(
  metadata: object,
  { name: rule = 'subdomain' }: Pick<KindRules, 'name'>,
): readonly FieldCause[] {
  const { name, namespace, labels, annotations, finalizers, ownerReferences } = metadata as Record<string, unknown>;
  return [
    ...checkName(name, rule),
    ...(namespace === undefined || (typeof namespace === 'string' && isDnsLabel(namespace))
      ? []
      : [invalid('metadata.namespace', namespace, LABEL_RULE)]),
    ...checkLabels(labels),
    ...checkAnnotations(annotations),
    ...checkFinalizers(finalizers),
    ...checkOwners(ownerReferences),
  ];
}

function checkName(name: unknown, rule: 'label' | 'subdomain'): readonly FieldCause[] {
  if (typeof name !== 'string' || name === '') {
    return [
      {
        field: 'metadata.name',
        reason: 'FieldValueRequired',
        message: 'Required value: name or generateName is required',
      },
    ];
  }
  const isLabel = rule === 'label';
  if (isLabel ? isDnsLabel(name) : isSubdomain(name)) return [];
  return [invalid('metadata.name', name, isLabel ? LABEL_RULE : NAME_RULE)];
}

function checkLabels(labels: unknown): readonly FieldCause[] {
  if (labels === undefined || labels === null) return [];
  if (!isObject(labels)) return [invalid('metadata.labels', labels, 'must be a map of strings')];
  return Object.entries(labels).flatMap(([key, value]) => {
    if (!isLabelKey(key)) return [invalid('metadata.labels', key, 'is no label key')];
    if (typeof value === 'string' && isLabelValue(value)) return [];
    return [
      invalid(
        'metadata.labels',
        value,
        "a valid label must be an empty string or consist of at most 63 alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
      ),
    ];
  });
}

function checkAnnotations(annotations: unknown): readonly FieldCause[] {
  if (annotations === undefined || annotations === null) return [];
  if (!isObject(annotations)) return [invalid('metadata.annotations', annotations, 'must be a map of strings')];
  const wrong = Object.entries(annotations).filter(
    ([key, value]) => !isLabelKey(key.toLowerCase()) || typeof value !== 'string',
  );
  const size = JSON.stringify(annotations).length;
  return [
    ...wrong.map(([key]) => invalid('metadata.annotations', key, 'is no annotation key, or its value is no string')),
    ...(size > MAX_ANNOTATIONS
      ? [
          {
            field: 'metadata.annotations',
            reason: 'FieldValueTooLong' as const,
            message: `Too long: must have at most ${MAX_ANNOTATIONS} bytes`,
          },
        ]
      : []),
  ];
}

function checkFinalizers(finalizers: unknown): readonly FieldCause[] {
  if (finalizers === undefined || finalizers === null) return [];
  if (!Array.isArray(finalizers)) return [invalid('metadata.finalizers', finalizers, 'must be a list of names')];
  return finalizers
    .filter((name) => typeof name !== 'string' || !isLabelKey(name))
    .map((name) => invalid('metadata.finalizers', name, 'is no name of a finalizer'));
}

/** Each is a write of its own, and a transaction holds a hundred. */
const MAX_OWNERS = 16;
const OWNER_MEMBERS = ['apiVersion', 'kind', 'name', 'uid'] as const;

function checkOwners(owners: unknown): readonly FieldCause[] {
  const field = 'metadata.ownerReferences';
  if (owners === undefined || owners === null) return [];
  if (!Array.isArray(owners)) return [invalid(field, owners, 'must be a list of references')];
  if (owners.length > MAX_OWNERS) return [invalid(field, owners.length, `must have at most ${MAX_OWNERS} items`)];
  const controllers = owners.filter((owner) => isObject(owner) && owner['controller'] === true);
  return [
    ...owners.flatMap((owner, index) => checkOwner(owner, `${field}[${index}]`)),
    ...(controllers.length > 1
      ? [invalid(field, controllers.length, 'Only one reference can have Controller set to true.')]
      : []),
  ];
}

function checkOwner(owner: unknown, field: string): readonly FieldCause[] {
  if (!isObject(owner)) return [invalid(field, owner, 'must be a reference')];
  return OWNER_MEMBERS.filter((name) => typeof owner[name] !== 'string' || owner[name] === '').map((name) =>
    invalid(`${field}.${name}`, owner[name], 'must not be empty'),
  );
}
