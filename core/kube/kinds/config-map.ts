import type { FieldCause } from '../../fault.ts';
import { isObject, type KubeObject } from '../object.ts';
import { isSameValue } from '../same-value.ts';
import type { KindRules } from './kind-rules.ts';

const KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/** Rules of a ConfigMap (core/v1): keys are file names, and an immutable one keeps its data. */
export const configMapRules: KindRules = {
  fillDefaults: (object) => object,
  check: (object, before) => [...checkKeys(object, ['data', 'binaryData']), ...checkImmutable(object, before, 'data')],
  desired: [],
};

/** Keys become file names and environment variables. */
export function checkKeys(object: KubeObject, members: readonly string[]): readonly FieldCause[] {
  return members.flatMap((member) =>
    Object.entries(isObject(object[member]) ? object[member] : {}).flatMap(([key, value]): FieldCause[] => {
      const field = `${member}[${key}]`;
      if (!KEY.test(key) || key === '.' || key === '..') {
        const message = `Invalid value: "${key}": a valid config key must consist of alphanumeric characters, '-', '_' or '.'`;
        return [{ field, reason: 'FieldValueInvalid', message }];
      }
      if (typeof value === 'string') return [];
      return [{ field, reason: 'FieldValueTypeInvalid', message: 'Invalid value: must be a string' }];
    }),
  );
}

/** `immutable: true` is for ever, and so is the data under it. */
export function checkImmutable(object: KubeObject, before: KubeObject | undefined, ...members: readonly string[]) {
  if (before?.['immutable'] !== true) return [];
  const changed = ['immutable', ...members].filter((name) => !isSameValue(object[name], before[name]));
  return changed.map(
    (field): FieldCause => ({
      field,
      reason: 'FieldValueForbidden',
      message: 'Forbidden: field is immutable when `immutable` is set',
    }),
  );
}
