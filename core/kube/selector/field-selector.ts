import { Fault } from '../../fault.ts';
import { isObject, type KubeObject } from '../object.ts';

export interface FieldRequirement {
  /** Path of the field, such as `status.phase`. */
  readonly field: string;
  readonly isEqual: boolean;
  readonly value: string;
}

export type FieldSelector = readonly FieldRequirement[];

/** What may be selected by, per kind of object; every kind has these two. */
const COMMON_FIELDS = ['metadata.name', 'metadata.namespace'];

/**
 * Reads a `fieldSelector` parameter: `a=b`, `a==b`, `a!=b`, joined by commas; `\` escapes a comma, an equals sign or itself.
 * `pathOf` says where objects have a field whose name is no path. Faults: InvalidParameter, for a field that objects of this kind cannot be selected by, too.
 */
export function parseFieldSelector(
  text: string,
  selectable: readonly string[],
  pathOf: (field: string) => string = (field) => field,
): FieldSelector {
  const parts = text.match(/(?:\\.|[^\\,])+/gs) ?? [];
  return parts.map((part) => {
    const [, field = '', sign, value = ''] = /^([\w.]+)(==|=|!=)(.*)$/s.exec(part) ?? [];
    if (sign === undefined) {
      throw new Fault('InvalidParameter', `invalid field selector "${text.slice(0, 200)}"; can't understand "${part}"`);
    }
    if (!COMMON_FIELDS.includes(field) && !selectable.includes(field)) {
      throw new Fault('InvalidParameter', `field label not supported: ${field}`);
    }
    return { field: pathOf(field), isEqual: sign !== '!=', value: value.replace(/\\(.)/gs, '$1') };
  });
}

export const matchesFields = (selector: FieldSelector, object: KubeObject): boolean =>
  selector.every(({ field, isEqual, value }) => (textAt(object, field) === value) === isEqual);

/** The text at a path; a missing or structured one counts as empty, as in Kubernetes. */
function textAt(object: KubeObject, path: string): string {
  let value: unknown = object;
  for (const name of path.split('.')) {
    value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return typeof value === 'object' || value === undefined ? '' : String(value);
}
