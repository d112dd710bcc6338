import type { FieldCause } from '../fault.ts';
import type { Json } from '../json.ts';

/** What is wrong with a field, worded as Kubernetes words it. */

export const required = (field: string, why = ''): FieldCause => ({
  field,
  reason: 'FieldValueRequired',
  message: why === '' ? 'Required value' : `Required value: ${why}`,
});

export const invalid = (field: string, value: Json | undefined, why: string): FieldCause => ({
  field,
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${shown(value)}: ${why}`,
});

export const unsupported = (field: string, value: Json | undefined, known: readonly string[]): FieldCause => ({
  field,
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${shown(value)}: supported values: ${known.map((name) => `"${name}"`).join(', ')}`,
});

export const duplicate = (field: string, value: Json | undefined): FieldCause => ({
  field,
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${shown(value)}`,
});

export const forbiddenField = (field: string, why: string): FieldCause => ({
  field,
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
});

export const notFoundField = (field: string, value: Json | undefined): FieldCause => ({
  field,
  reason: 'FieldValueNotFound',
  message: `Not found: ${shown(value)}`,
});

const MAX_SHOWN = 120;

/** Enough of a value to be recognised. */
const shown = (value: Json | undefined): string => (JSON.stringify(value) ?? 'null').slice(0, MAX_SHOWN);
