import type { Json, JsonObject } from '../../../json.ts';
import { isObject, type KubeObject, objectAt } from '../../object.ts';
import { qualityOfService } from '../quality-of-service.ts';
import { filledList, filledMember } from './fill-members.ts';
import { fillPodSpec } from './fill-pod-spec.ts';

/** What the API server adds to a pod alone, and not to a template of pods. */
export function fillPod(pod: KubeObject): KubeObject {
  const filled = fillPodSpec(objectAt(pod['spec'] as Json));
  const spec: JsonObject = {
    enableServiceLinks: true,
    priority: 0,
    preemptionPolicy: 'PreemptLowerPriority',
    serviceAccountName: 'default',
    serviceAccount: 'default',
    ...filled,
    ...filledList(filled, 'containers', askForLimits),
    ...filledList(filled, 'initContainers', askForLimits),
    tolerations: withOutages(filled['tolerations']),
  };
  const status = isObject(pod['status'] as Json) ? pod['status'] : newStatus(spec);
  return { ...pod, spec, status };
}

/** What is limited and not asked for is asked for up to the limit. */
const askForLimits = (container: JsonObject): JsonObject => ({
  ...container,
  ...filledMember(container, 'resources', (resources) =>
    isObject(resources['limits'])
      ? { ...resources, requests: { ...resources['limits'], ...objectAt(resources['requests']) } }
      : resources,
  ),
});

const OUTAGES = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** How long a pod stays on a node that is silent, where it does not say so itself. */
function withOutages(tolerations: Json | undefined): Json {
  const own = Array.isArray(tolerations) ? (tolerations as readonly Json[]) : [];
  const isSaid = (key: string): boolean =>
    own.some((toleration) => {
      if (!isObject(toleration)) return false;
      const { key: about = '', effect = 'NoExecute' } = toleration;
      return effect === 'NoExecute' && (about === key || about === '');
    });
  const added = OUTAGES.filter((key) => !isSaid(key)).map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  }));
  return [...own, ...added];
}

const newStatus = (spec: JsonObject): JsonObject => ({
  phase: 'Pending',
  qosClass: qualityOfService(
    [spec['initContainers'], spec['containers']].flatMap((list) => (Array.isArray(list) ? list.filter(isObject) : [])),
  ),
});
