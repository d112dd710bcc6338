import type { Json } from '../../json.ts';
import { objectAt } from '../object.ts';
import type { KindRules } from './kind-rules.ts';

/** Finalizer of every namespace: it stays, Terminating, until nothing is left in it. */
export const NAMESPACE_FINALIZER = 'kubernetes';

/** Rules of a Namespace (core/v1): it is Active at once, and carries its name as a label. */
export const namespaceRules: KindRules = {
  name: 'label',
  fillDefaults: (object) => {
    const spec = objectAt(object['spec'] as Json);
    return {
      ...object,
      metadata: {
        ...object.metadata,
        labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name },
      },
      spec: { ...spec, finalizers: spec['finalizers'] ?? [NAMESPACE_FINALIZER] },
      status: object['status'] ?? { phase: 'Active' },
    };
  },
  check: () => [],
  desired: [],
  // It stays until nothing is left in it.
  ending: (object) => ({ ...object, status: { phase: 'Terminating' } }),
};
