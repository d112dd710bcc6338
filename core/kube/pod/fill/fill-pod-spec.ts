import type { JsonObject } from '../../../json.ts';
import { fillContainer } from './fill-container.ts';
import { filledList, withoutNulls } from './fill-members.ts';
import { fillVolume } from './fill-volume.ts';

/** Fills what a pod's spec, or that of a template of pods, leaves out, as the Kubernetes API server does (core/v1 defaults). */
export function fillPodSpec(spec: JsonObject): JsonObject {
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...withoutNulls(spec),
    ...filledList(spec, 'containers', fillContainer),
    ...filledList(spec, 'initContainers', fillContainer),
    ...filledList(spec, 'volumes', fillVolume),
    ...serviceAccount(spec),
  };
}

/** `serviceAccount` is the old name of `serviceAccountName`; Kubernetes keeps both in step. */
function serviceAccount({ serviceAccountName, serviceAccount: old }: JsonObject): JsonObject {
  const name = serviceAccountName || old;
  return name ? { serviceAccountName: name, serviceAccount: name } : {};
}
