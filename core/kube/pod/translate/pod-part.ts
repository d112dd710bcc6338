import type { Json, JsonObject } from '../../../json.ts';
import type {
  ContainerSecurity,
  EnvironmentSource,
  PodContainer,
  PodRestartPolicy,
  VolumeMount,
} from '../../../model/pod.ts';
import { objectsAt, type PodContainer as PodContainerSpec } from '../../../profile/pod-containers.ts';
import { objectAt } from '../../object.ts';
import { lifecycleHandler, probeOf } from './probes.ts';

/** What a container of a pod is beyond a container of ECS. */
export function podPart(
  pod: JsonObject,
  { role, spec }: PodContainerSpec,
  environmentFrom: readonly EnvironmentSource[],
): PodContainer {
  const { startupProbe, livenessProbe, readinessProbe } = spec;
  const { postStart, preStop } = objectAt(spec['lifecycle']);
  return {
    role: role === 'app' ? 'main' : role,
    restartPolicy: restartPolicyOf(pod, role),
    imagePullPolicy: pullPolicyOf(spec['imagePullPolicy']),
    ...present({
      startupProbe: probeOf(startupProbe, spec),
      livenessProbe: probeOf(livenessProbe, spec),
      readinessProbe: probeOf(readinessProbe, spec),
      postStart: lifecycleHandler(postStart, spec),
      preStop: lifecycleHandler(preStop, spec),
    }),
    mounts: objectsAt(spec['volumeMounts']).map(mountOf),
    security: securityOf(objectAt(pod['securityContext']), objectAt(spec['securityContext'])),
    terminationMessagePath: String(spec['terminationMessagePath'] ?? '/dev/termination-log'),
    terminationMessagePolicy:
      spec['terminationMessagePolicy'] === 'FallbackToLogsOnError' ? 'FallbackToLogsOnError' : 'File',
    environmentFrom,
  };
}

/** An init container that fails is tried again unless nothing of the pod is; one that stays is always started again. */
function restartPolicyOf({ restartPolicy }: JsonObject, role: PodContainerSpec['role']): PodRestartPolicy {
  if (role === 'sidecar') return 'Always';
  const own = restartPolicy === 'Never' || restartPolicy === 'OnFailure' ? restartPolicy : 'Always';
  return role === 'init' && own === 'Always' ? 'OnFailure' : own;
}

const pullPolicyOf = (policy: Json | undefined): PodContainer['imagePullPolicy'] =>
  policy === 'Always' || policy === 'Never' ? policy : 'IfNotPresent';

const mountOf = ({ name, mountPath, subPath, readOnly }: JsonObject): VolumeMount => ({
  volume: String(name),
  path: String(mountPath),
  ...(subPath ? { subPath: String(subPath) } : {}),
  readOnly: readOnly === true,
});

/** What a container says of itself goes before what its pod says of all. */
function securityOf(pod: JsonObject, own: JsonObject): ContainerSecurity {
  const { runAsUser, runAsGroup, runAsNonRoot } = { ...pod, ...defined(own) };
  const { add, drop } = objectAt(own['capabilities']);
  const groups = [...listOf(pod['supplementalGroups']), pod['fsGroup']].filter((id) => typeof id === 'number');
  return present({
    runAsUser: typeof runAsUser === 'number' ? runAsUser : undefined,
    runAsGroup: typeof runAsGroup === 'number' ? runAsGroup : undefined,
    runAsNonRoot: runAsNonRoot === true ? true : undefined,
    supplementalGroups: groups.length > 0 ? groups : undefined,
    readOnlyRootFilesystem: own['readOnlyRootFilesystem'] === true ? true : undefined,
    addCapabilities: Array.isArray(add) && add.length > 0 ? add.map(String) : undefined,
    dropCapabilities: Array.isArray(drop) && drop.length > 0 ? drop.map(String) : undefined,
  });
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);
const defined = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null));

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** The members that are not undefined. */
const present = <T extends object>(members: T): Present<T> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>;
