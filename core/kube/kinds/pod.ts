import type { Json, JsonObject } from '../../json.ts';
import { type KubeObject, objectAt } from '../object.ts';
import { checkPodSpec } from '../pod/check/check-pod-spec.ts';
import { checkPodUpdate } from '../pod/check/check-pod-update.ts';
import { endingPod } from '../pod/ending-pod.ts';
import { fillPod } from '../pod/fill/fill-pod.ts';
import type { KindRules } from './kind-rules.ts';

/** Rules of a Pod (core/v1): its spec never changes once it is made, and it stays until its containers are gone. */
export const podRules: KindRules = {
  fillDefaults: fillPod,
  check: (object, before) => [
    ...checkPodSpec(specOf(object), 'spec'),
    ...(before ? checkPodUpdate(specOf(object), specOf(before)) : []),
  ],
  desired: [],
  ending: endingPod,
};

const specOf = (object: KubeObject): JsonObject => objectAt(object['spec'] as Json);
