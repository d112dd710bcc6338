import { isObject } from '#core/kube/object.ts';
import type { Column } from './column.ts';

/** Number of members of a map such as a ConfigMap's data. */
const sizeOf = (value: unknown): number => (isObject(value) ? Object.keys(value).length : 0);

/** What kubectl shows of each kind beside name and age. */
export const COLUMNS: ReadonlyMap<string, readonly Column[]> = new Map<string, readonly Column[]>([
  [
    'configmaps',
    [
      {
        name: 'Data',
        type: 'integer',
        description: 'Number of entries.',
        value: (object) => sizeOf(object['data']) + sizeOf(object['binaryData']),
      },
    ],
  ],
  [
    'secrets',
    [
      {
        name: 'Type',
        description: 'Used to facilitate programmatic handling.',
        value: (object) => String(object['type'] ?? ''),
      },
      { name: 'Data', type: 'integer', description: 'Number of entries.', value: (object) => sizeOf(object['data']) },
    ],
  ],
  [
    'namespaces',
    [
      {
        name: 'Status',
        description: 'The status of the namespace.',
        value: ({ status }) => String((isObject(status) ? status['phase'] : undefined) ?? 'Active'),
      },
    ],
  ],
  [
    'serviceaccounts',
    [
      {
        name: 'Secrets',
        type: 'integer',
        description: 'Number of secrets it may use.',
        value: ({ secrets }) => (Array.isArray(secrets) ? secrets.length : 0),
      },
    ],
  ],
]);
