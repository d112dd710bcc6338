import type { JsonObject } from '../../json.ts';
import type { KubeObject, ManagedFields } from '../object.ts';
import { type FieldSet, isNoField, NO_FIELDS, readFields, union, writeFields } from './field-set.ts';

/** Somebody who changes objects: by name, by how, and through which part of the object. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource?: string;
}

/** A manager with the fields it has set. */
export interface Owner extends Manager {
  readonly fields: FieldSet;
  /** When its fields changed last: `2026-11-21T16:53:09Z`. */
  readonly time?: string;
}

/** Whoever applies is the same whatever version it applied in. */
export const isSameManager = (a: Manager, b: Manager): boolean =>
  a.name === b.name &&
  a.operation === b.operation &&
  (a.subresource ?? '') === (b.subresource ?? '') &&
  (a.operation === 'Apply' || a.apiVersion === b.apiVersion);

/** Reads `metadata.managedFields`, as sent or stored. */
export const readOwners = (entries: readonly Partial<ManagedFields>[] | undefined): readonly Owner[] =>
  (entries ?? []).map(({ manager = '', operation = 'Update', apiVersion = '', time, subresource, fieldsV1 }) => ({
    name: manager,
    operation: operation === 'Apply' ? 'Apply' : 'Update',
    apiVersion,
    fields: readFields(fieldsV1),
    ...(time === undefined ? {} : { time }),
    ...(subresource === undefined ? {} : { subresource }),
  }));

/** Writes `metadata.managedFields`: those with fields, whoever applies before whoever updates, in order of time and name. */
export function writeOwners(owners: readonly Owner[]): readonly ManagedFields[] {
  const written = withoutAncient(owners.filter(({ fields }) => !isNoField(fields)));
  return [...written].sort((a, b) => compareTexts(orderOf(a), orderOf(b))).map(writeOwner);
}

/** The object with these owners; without the member when it has none. */
export const withOwners = (object: KubeObject, managedFields: readonly ManagedFields[]): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, ...(managedFields.length > 0 ? { managedFields } : {}) },
});

const orderOf = ({ operation, time = '', name, apiVersion, subresource = '' }: Owner): string =>
  [operation, time, name, apiVersion, subresource].join('\0');

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const writeOwner = ({ name, operation, apiVersion, time, subresource, fields }: Owner): ManagedFields => ({
  manager: name,
  operation,
  apiVersion,
  ...(time === undefined ? {} : { time }),
  fieldsType: 'FieldsV1',
  fieldsV1: writeFields(fields) as JsonObject,
  ...(subresource === undefined ? {} : { subresource }),
});

/** So many managers that update are told apart; the oldest beyond them count as one (as in Kubernetes). */
const MAX_UPDATERS = 10;
const ANCIENT = 'ancient-changes';

function withoutAncient(owners: readonly Owner[]): readonly Owner[] {
  const updaters = owners.filter(({ operation }) => operation === 'Update');
  if (updaters.length <= MAX_UPDATERS) return owners;
  const byAge = [...updaters].sort((a, b) => compareTexts(orderOf(a), orderOf(b)));
  const old = byAge.slice(0, updaters.length - MAX_UPDATERS + 1);
  const [{ apiVersion, time } = { apiVersion: '' }] = old.slice(-1);
  const fields = old.reduce((all, owner) => union(all, owner.fields), NO_FIELDS);
  const ancient: Owner = {
    name: ANCIENT,
    operation: 'Update',
    apiVersion,
    fields,
    ...(time === undefined ? {} : { time }),
  };
  return [...owners.filter((owner) => !old.includes(owner)), ancient];
}
