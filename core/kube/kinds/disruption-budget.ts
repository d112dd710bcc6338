import type { Json } from '../../json.ts';
import { invalid } from '../causes.ts';
import { checkCount } from '../disruption-budget/count-or-share.ts';
import { objectAt } from '../object.ts';
import { checkSelector } from '../selector/selector-object.ts';
import type { KindRules } from './kind-rules.ts';

const POLICIES: readonly unknown[] = [undefined, null, 'IfHealthyBudget', 'AlwaysAllow'];

/** Rules of a PodDisruptionBudget (policy/v1): how few pods there may be, or how many may be missing, never both. */
export const disruptionBudgetRules: KindRules = {
  fillDefaults: (object) => object,
  check: (object) => {
    const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = objectAt(object['spec'] as Json);
    const isBoth = (minAvailable ?? null) !== null && (maxUnavailable ?? null) !== null;
    const both = 'minAvailable and maxUnavailable cannot be both set';
    return [
      ...(isBoth ? [invalid('spec', { minAvailable, maxUnavailable } as Json, both)] : []),
      ...checkCount('spec.minAvailable', minAvailable),
      ...checkCount('spec.maxUnavailable', maxUnavailable),
      ...checkSelector('spec.selector', selector),
      ...(POLICIES.includes(unhealthyPodEvictionPolicy)
        ? []
        : [invalid('spec.unhealthyPodEvictionPolicy', unhealthyPodEvictionPolicy, 'is no eviction policy')]),
    ];
  },
  desired: ['spec'],
};
