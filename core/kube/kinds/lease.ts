import type { Json } from '../../json.ts';
import { invalid } from '../causes.ts';
import { objectAt } from '../object.ts';
import type { KindRules } from './kind-rules.ts';

const isUnset = (value: Json | undefined): boolean => value === undefined || value === null;

/** Rules of a Lease (coordination.k8s.io/v1): durations and transitions are counted, and count up. */
export const leaseRules: KindRules = {
  fillDefaults: (object) => object,
  check: (object) => {
    const { leaseDurationSeconds: seconds, leaseTransitions: transitions } = objectAt(object['spec'] as Json);
    return [
      ...(isUnset(seconds) || Number(seconds) > 0
        ? []
        : [invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0')]),
      ...(isUnset(transitions) || Number(transitions) >= 0
        ? []
        : [invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0')]),
    ];
  },
  desired: [],
};
