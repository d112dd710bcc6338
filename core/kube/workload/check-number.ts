import type { FieldCause } from '../../fault.ts';
import type { Json } from '../../json.ts';
import { invalid } from '../causes.ts';

/** The API's integers have 32 bits. */
const MAX_COUNT = 2 ** 31 - 1;

/** What is wrong with a number of something, or of seconds, that is there. */
export function checkNumber(field: string, value: Json | undefined, least = 0): readonly FieldCause[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'number' || !Number.isInteger(value) || value > MAX_COUNT) {
    return [{ field, reason: 'FieldValueTypeInvalid', message: 'Invalid value: must be a whole number' }];
  }
  return value >= least ? [] : [invalid(field, value, `must be greater than or equal to ${least}`)];
}

export const checkFlag = (field: string, value: Json | undefined): readonly FieldCause[] =>
  value === undefined || value === null || typeof value === 'boolean'
    ? []
    : [{ field, reason: 'FieldValueTypeInvalid', message: 'Invalid value: must be true or false' }];
