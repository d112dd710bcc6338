import type { FieldCause } from '../../fault.ts';
import type { Json, JsonObject } from '../../json.ts';
import { forbiddenField, invalid, unsupported } from '../causes.ts';
import { checkCount, countOf, isShare } from '../disruption-budget/count-or-share.ts';
import { isObject, type KubeObject, objectAt } from '../object.ts';
import { checkFlag, checkNumber } from '../workload/check-number.ts';
import { checkSelectedTemplate } from '../workload/check-selected-template.ts';
import { fillTemplate } from '../workload/pod-template.ts';
import type { KindRules } from './kind-rules.ts';

/** Rules of a Deployment (apps/v1): it rolls by a quarter of its pods and keeps ten revisions where nothing is said. */
export const deploymentRules: KindRules = {
  fillDefaults: (object) => ({ ...object, spec: filled(specOf(object)), status: object['status'] ?? {} }),
  check: (object, before) => check(specOf(object), before && specOf(before)),
  desired: ['spec'],
};

const specOf = (object: KubeObject): JsonObject => objectAt(object['spec'] as Json);

function filled(spec: JsonObject): JsonObject {
  return {
    ...spec,
    replicas: spec['replicas'] ?? 1,
    template: fillTemplate(spec['template']),
    strategy: filledStrategy(objectAt(spec['strategy'])),
    revisionHistoryLimit: spec['revisionHistoryLimit'] ?? 10,
    progressDeadlineSeconds: spec['progressDeadlineSeconds'] ?? 600,
  };
}

function filledStrategy({ type, rollingUpdate, ...others }: JsonObject): JsonObject {
  const named = { ...others, type: type ?? 'RollingUpdate' };
  if (named.type !== 'RollingUpdate') return { ...named, ...(isObject(rollingUpdate) && { rollingUpdate }) };
  const { maxSurge, maxUnavailable } = objectAt(rollingUpdate);
  return { ...named, rollingUpdate: { maxSurge: maxSurge ?? '25%', maxUnavailable: maxUnavailable ?? '25%' } };
}

function check(spec: JsonObject, before: JsonObject | undefined): readonly FieldCause[] {
  const { progressDeadlineSeconds: deadline, minReadySeconds } = spec;
  const isShort =
    typeof deadline === 'number' && deadline <= (typeof minReadySeconds === 'number' ? minReadySeconds : 0);
  return [
    ...checkNumber('spec.replicas', spec['replicas']),
    ...checkNumber('spec.minReadySeconds', minReadySeconds),
    ...checkNumber('spec.revisionHistoryLimit', spec['revisionHistoryLimit']),
    ...checkNumber('spec.progressDeadlineSeconds', deadline),
    ...(isShort ? [invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')] : []),
    ...checkFlag('spec.paused', spec['paused']),
    ...checkSelectedTemplate(spec, before),
    ...checkStrategy(objectAt(spec['strategy'])),
  ];
}

function checkStrategy({ type, rollingUpdate }: JsonObject): readonly FieldCause[] {
  if (type === 'Recreate') {
    const why = "may not be specified when strategy `type` is 'Recreate'";
    return rollingUpdate === undefined ? [] : [forbiddenField('spec.strategy.rollingUpdate', why)];
  }
  if (type !== 'RollingUpdate') return [unsupported('spec.strategy.type', type, ['Recreate', 'RollingUpdate'])];
  const field = 'spec.strategy.rollingUpdate';
  const { maxSurge, maxUnavailable } = objectAt(rollingUpdate);
  const isStuck = countOf(maxSurge, 100) === 0 && countOf(maxUnavailable, 100) === 0;
  return [
    ...checkCount(`${field}.maxUnavailable`, maxUnavailable),
    ...(isShare(maxSurge) ? [] : checkCount(`${field}.maxSurge`, maxSurge)),
    ...(isStuck ? [invalid(`${field}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0')] : []),
  ];
}
