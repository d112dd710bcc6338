import type { Json } from '../../json.ts';
import { objectAt, type RawObject } from '../object.ts';
import { numberOr } from '../replica-set/replica-set.ts';
import type { Face } from '../resource.ts';
import { selectorOf } from '../selector/selector-object.ts';
import { selectorText } from '../selector/selector-text.ts';

/** The subresource `scale` of what has replicas: how many are asked for, how many there are, and which (autoscaling/v1 Scale). */
export const scaleFace: Face = {
  show: (object) => {
    const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
    const { replicas, selector } = objectAt(object['spec'] as Json);
    const text = selectorText(selectorOf(selector) ?? []);
    return {
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name, ...(namespace !== undefined && { namespace }), uid, resourceVersion, creationTimestamp },
      spec: { replicas: numberOr(replicas, 0) },
      status: {
        replicas: numberOr(objectAt(object['status'] as Json)['replicas'], 0),
        ...(text !== '' && { selector: text }),
      },
    };
  },
  change: (before, scale) => {
    const { uid, resourceVersion } = objectAt(scale['metadata']);
    const { replicas } = objectAt(scale['spec']);
    const asked = {
      ...before,
      // A version that was sent is a condition; none is none.
      metadata: { ...before.metadata, uid, resourceVersion },
      spec: { ...objectAt(before['spec'] as Json), replicas: replicas ?? 0 },
    };
    return asked as unknown as RawObject;
  },
};
