import type { FieldCause } from '../../../fault.ts';
import type { Json, JsonObject } from '../../../json.ts';
import { invalid, unsupported } from '../../causes.ts';
import { isObject } from '../../object.ts';

/** What is wrong with each object of a list, and with what is no object. */
export function eachObject(
  list: Json | undefined,
  path: string,
  check: (element: JsonObject, path: string) => readonly FieldCause[],
): readonly FieldCause[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) return [wrongType(path, 'a list')];
  return (list as readonly Json[]).flatMap((element, index) => {
    const at = `${path}[${index}]`;
    return isObject(element) ? check(element, at) : [wrongType(at, 'an object')];
  });
}

export const wrongType = (field: string, wanted: string): FieldCause => ({
  field,
  reason: 'FieldValueTypeInvalid',
  message: `Invalid value: must be ${wanted}`,
});

export const oneOf = (value: Json | undefined, path: string, known: readonly string[]): readonly FieldCause[] =>
  value === undefined || (typeof value === 'string' && known.includes(value)) ? [] : [unsupported(path, value, known)];

export function wholeNumber(value: Json | undefined, path: string, least: number, most: number): readonly FieldCause[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'number' || !Number.isInteger(value)) return [wrongType(path, 'a whole number')];
  if (value < least) return [invalid(path, value, `must be greater than or equal to ${least}`)];
  return value > most ? [invalid(path, value, `must be less than or equal to ${most}`)] : [];
}

/** A list of texts, if it is there. */
export const texts = (value: Json | undefined, path: string): readonly FieldCause[] =>
  value === undefined || value === null || (Array.isArray(value) && value.every((text) => typeof text === 'string'))
    ? []
    : [wrongType(path, 'a list of strings')];

export const textAt = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
