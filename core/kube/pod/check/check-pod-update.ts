import type { FieldCause } from '../../../fault.ts';
import type { Json, JsonObject } from '../../../json.ts';
import { forbiddenField } from '../../causes.ts';
import { isSameValue } from '../../same-value.ts';

const RULE =
  'pod updates may not change fields other than `spec.activeDeadlineSeconds` (to an earlier end) and `spec.tolerations` (only additions); Berth never changes the image of a pod that was made: make another pod';

/** A pod's spec stays as it was made: Kubernetes would let the image change, too, by starting the container again. */
export function checkPodUpdate(after: JsonObject, before: JsonObject): readonly FieldCause[] {
  const { activeDeadlineSeconds: deadline, tolerations, ...rest } = after;
  const { activeDeadlineSeconds: oldDeadline, tolerations: oldTolerations, ...oldRest } = before;
  const isLater =
    oldDeadline !== undefined &&
    (typeof deadline !== 'number' || deadline > Number(oldDeadline)) &&
    deadline !== oldDeadline;
  const isKept = listOf(oldTolerations).every((old) => listOf(tolerations).some((kept) => isSameValue(kept, old)));
  return isLater || !isKept || !isSameValue(rest, oldRest) ? [forbiddenField('spec', RULE)] : [];
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);
