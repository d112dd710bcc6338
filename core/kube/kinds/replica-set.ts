import type { Json } from '../../json.ts';
import { isObject, type KubeObject, objectAt } from '../object.ts';
import { checkNumber } from '../workload/check-number.ts';
import { checkSelectedTemplate } from '../workload/check-selected-template.ts';
import { fillTemplate, labelsOf } from '../workload/pod-template.ts';
import type { KindRules } from './kind-rules.ts';

/** Rules of a ReplicaSet (apps/v1): one pod where nothing is said, and a selector that never changes. */
export const replicaSetRules: KindRules = {
  fillDefaults: (object) => {
    const spec = objectAt(object['spec'] as Json);
    const template = fillTemplate(spec['template']);
    return {
      ...object,
      metadata: { ...labelled(object, template) },
      spec: { ...spec, replicas: spec['replicas'] ?? 1, template },
      status: object['status'] ?? { replicas: 0 },
    };
  },
  check: (object, before) => {
    const spec = objectAt(object['spec'] as Json);
    return [
      ...checkNumber('spec.replicas', spec['replicas']),
      ...checkNumber('spec.minReadySeconds', spec['minReadySeconds']),
      ...checkSelectedTemplate(spec, before && objectAt(before['spec'] as Json)),
    ];
  },
  desired: ['spec'],
};

/** An object without labels has those of the pods it makes. */
function labelled({ metadata }: KubeObject, template: Json): KubeObject['metadata'] {
  const labels = labelsOf(template);
  const isBare = !isObject(metadata.labels) || Object.keys(metadata.labels).length === 0;
  return isBare && Object.keys(labels).length > 0 ? { ...metadata, labels } : metadata;
}
