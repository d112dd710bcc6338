import type { Json } from '#core/json.ts';
import { isObject, objectAt } from '#core/kube/object.ts';
import type { Column } from '../column.ts';
import { AGE, counted, listAt, NAME, specOf, statusOf, textAt } from './common.ts';

/** Number of members of a map such as a ConfigMap's data. */
const sizeOf = (value: unknown): number => Object.keys(objectAt(value as Json)).length;

const DATA = 'Number of entries.';

export const configMapColumns: readonly Column[] = [
  NAME,
  counted('Data', DATA, (object) => sizeOf(object['data']) + sizeOf(object['binaryData'])),
  AGE,
];

export const secretColumns: readonly Column[] = [
  NAME,
  { name: 'Type', description: 'Used to facilitate programmatic handling.', value: ({ type }) => textAt(type, '') },
  counted('Data', DATA, (object) => sizeOf(object['data'])),
  AGE,
];

export const namespaceColumns: readonly Column[] = [
  NAME,
  {
    name: 'Status',
    description: 'The status of the namespace.',
    value: (object) => textAt(statusOf(object)['phase'], 'Active'),
  },
  AGE,
];

export const serviceAccountColumns: readonly Column[] = [
  NAME,
  counted('Secrets', 'Number of secrets it may use.', ({ secrets }) => listAt(secrets).length),
  AGE,
];

export const leaseColumns: readonly Column[] = [
  NAME,
  {
    name: 'Holder',
    description: 'Who holds it.',
    value: (object) => textAt(specOf(object)['holderIdentity'], ''),
  },
  AGE,
];

const amount = (value: unknown): string => (isObject(value) ? 'N/A' : textAt(value, 'N/A'));

export const disruptionBudgetColumns: readonly Column[] = [
  NAME,
  {
    name: 'Min Available',
    description: 'How many pods there must be.',
    value: (object) => amount(specOf(object)['minAvailable']),
  },
  {
    name: 'Max Unavailable',
    description: 'How many pods may be missing.',
    value: (object) => amount(specOf(object)['maxUnavailable']),
  },
  counted('Allowed Disruptions', 'How many pods may be evicted now.', (object) =>
    Number(statusOf(object)['disruptionsAllowed'] ?? 0),
  ),
  AGE,
];

export const priorityClassColumns: readonly Column[] = [
  NAME,
  counted('Value', 'The priority of pods of this class.', ({ value }) => Number(value ?? 0)),
  {
    name: 'Global-Default',
    type: 'boolean',
    description: 'Whether pods without a class have this one.',
    value: ({ globalDefault }) => globalDefault === true,
  },
  AGE,
  {
    name: 'PreemptionPolicy',
    description: 'Whether its pods take the place of others.',
    value: ({ preemptionPolicy }) => textAt(preemptionPolicy, 'PreemptLowerPriority'),
  },
];
