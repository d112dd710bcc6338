import type { Json, JsonObject } from '#core/json.ts';
import { type KubeObject, objectAt } from '#core/kube/object.ts';
import type { Column } from '../column.ts';
import { age } from '../human-time.ts';

export const NAME: Column = {
  name: 'Name',
  description: 'Name must be unique within a namespace.',
  value: ({ metadata }) => metadata.name,
};

export const AGE: Column = {
  name: 'Age',
  description: 'How long ago the object was made.',
  value: ({ metadata }, now) => age(metadata.creationTimestamp, now),
};

export const NONE = '<none>';

export const specOf = (object: KubeObject): JsonObject => objectAt(object['spec'] as Json);
export const statusOf = (object: KubeObject): JsonObject => objectAt(object['status'] as Json);

/** The objects of a list; anything that is no list has none. */
export const listAt = (value: unknown): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly Json[]).map(objectAt) : [];

/** Text of a plain member; nothing counts as `otherwise`. */
export function textAt(value: unknown, otherwise = NONE): string {
  if (value === undefined || value === null || value === '' || typeof value === 'object') return otherwise;
  return String(value);
}

export const numberAt = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** The condition of a type, as workloads, pods and nodes have them. */
export const conditionOf = (object: KubeObject, type: string): JsonObject | undefined =>
  listAt(statusOf(object)['conditions']).find((condition) => condition['type'] === type);

export const isCondition = (object: KubeObject, type: string): boolean =>
  conditionOf(object, type)?.['status'] === 'True';

/** Members of a map as `a=b,c=d`. */
export function pairsOf(value: unknown): string {
  const pairs = Object.entries(objectAt(value as Json)).map(([key, text]) => `${key}=${textAt(text, '')}`);
  return pairs.length === 0 ? NONE : pairs.toSorted().join(',');
}

type Named = Pick<Column, 'name' | 'description' | 'value'>;

/** A column that shows with `-o wide` only. */
export const wide = (column: Named & Partial<Column>): Column => ({ ...column, priority: 1 });

/** A column of whole numbers. */
export const counted = (name: string, description: string, value: (object: KubeObject) => number): Column => ({
  name,
  type: 'integer',
  description,
  value,
});
