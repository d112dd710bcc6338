import type { Json, JsonObject } from '../../json.ts';
import { type KubeObject, objectAt, type RawObject } from '../object.ts';
import { isSameValue } from '../same-value.ts';
import { controllerReference } from '../workload/owner.ts';
import { fillTemplate, labelsOf, type PodTemplate } from '../workload/pod-template.ts';
import type { DeploymentSpec } from './deployment.ts';
import { handedDown, revisionMarks, scaleMarks } from './revision.ts';
import { HASH_LABEL } from './template-hash.ts';

/** A ReplicaSet of a Deployment's newest template; the hash tells its pods from those of other templates. */
export function draftReplicaSet(
  deployment: KubeObject,
  spec: DeploymentSpec,
  hash: string,
  { replicas, revision }: { readonly replicas: number; readonly revision: number },
): RawObject {
  const selector = objectAt(objectAt(deployment['spec'] as Json)['selector']);
  const labels = { ...labelsOf(spec.template), [HASH_LABEL]: hash };
  return {
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      labels,
      annotations: {
        ...handedDown(deployment),
        ...revisionMarks(undefined, revision),
        ...scaleMarks(spec.replicas, spec.limits.maximum),
      },
      ownerReferences: [{ ...controllerReference(deployment) }],
    },
    spec: {
      replicas,
      ...(spec.minReadySeconds > 0 && { minReadySeconds: spec.minReadySeconds }),
      selector: { ...selector, matchLabels: { ...objectAt(selector['matchLabels']), [HASH_LABEL]: hash } },
      template: labelled(spec.template, labels),
    },
  };
}

const labelled = (template: PodTemplate, labels: JsonObject): PodTemplate => ({
  ...template,
  metadata: { ...objectAt(template['metadata']), labels },
});

/** Whether a ReplicaSet's pods are made after this template; the hash is the set's own. */
export function isMadeAfter(set: KubeObject, template: PodTemplate): boolean {
  const own = fillTemplate(objectAt(set['spec'] as Json)['template']);
  return isSameValue(withoutHash(own), withoutHash(template));
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { labels, ...metadata } = objectAt(template['metadata']);
  const { [HASH_LABEL]: _hash, ...others } = objectAt(labels);
  return { ...template, metadata: { ...metadata, ...(Object.keys(others).length > 0 && { labels: others }) } };
}
