import type { Json, JsonObject } from '../../../json.ts';
import { objectsAt } from '../../../profile/pod-containers.ts';
import { timestamp } from '../../object.ts';

/** What is to be said by a condition; the times follow from what was said before. */
export interface WantedCondition {
  readonly type: string;
  readonly isTrue: boolean;
  readonly reason?: string;
  readonly message?: string;
}

/**
 * The conditions with those that are wanted put in, in the order that stands. Invariant: `lastTransitionTime` moves only when a
 * condition's status does, whatever becomes of its reason.
 */
export function withConditions(
  before: Json | undefined,
  wanted: readonly WantedCondition[],
  now: number,
): readonly JsonObject[] {
  const standing = objectsAt(before);
  const changed = new Map(wanted.map((condition) => [condition.type, condition]));
  const kept = standing.map((old) => {
    const condition = changed.get(String(old['type']));
    return condition ? conditionOf(condition, old, now) : old;
  });
  const known = new Set(standing.map(({ type }) => type));
  const added = wanted
    .filter(({ type }) => !known.has(type))
    .map((condition) => conditionOf(condition, undefined, now));
  return [...kept, ...added];
}

function conditionOf(
  { type, isTrue: holds, reason, message }: WantedCondition,
  old: JsonObject | undefined,
  now: number,
): JsonObject {
  const status = holds ? 'True' : 'False';
  const lastTransitionTime = old && old['status'] === status ? old['lastTransitionTime'] : timestamp(now);
  return {
    type,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    lastProbeTime: null,
    lastTransitionTime,
  };
}

export const isTrue = (conditions: Json | undefined, type: string): boolean =>
  objectsAt(conditions).some((condition) => condition['type'] === type && condition['status'] === 'True');
