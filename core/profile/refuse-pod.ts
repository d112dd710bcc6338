import type { Json, JsonObject } from '../json.ts';
import { type KubeObject, objectAt } from '../kube/object.ts';
import { MAX_CONTAINERS } from '../model/pod.ts';
import { nodeComplaints } from './fargate-node.ts';
import { objectsAt, type PodContainer, podContainers, podSpec } from './pod-containers.ts';
import { requestsOf } from './pod-size.ts';

/**
 * What of a pod Fargate does not take, in the words of EKS's fargate-scheduler where they are known from its events; undefined
 * when it takes all of it. Everything that is wrong is named at once.
 */
export function refusePod(pod: KubeObject): string | undefined {
  const spec = podSpec(pod);
  const containers = podContainers(pod);
  const complaints = [
    ...(isOfDaemonSet(pod) ? ['DaemonSet not supported'] : []),
    ...(containers.length > MAX_CONTAINERS ? [`${containers.length} containers, more than ${MAX_CONTAINERS}`] : []),
    ...told(
      'fields not supported: ',
      HOST_FIELDS.filter(([field]) => spec[field] === true).map(([, name]) => name),
    ),
    ...told('invalid SecurityContext fields: ', securityComplaints(spec, containers), ','),
    ...(containers.some(hasHostPort) ? ['port contains HostIP or HostPort'] : []),
    ...(containers.some(({ spec: own }) => objectsAt(own['volumeDevices']).length > 0)
      ? ['volumeDevices not supported']
      : []),
    ...told('volumes not supported: ', objectsAt(spec['volumes']).flatMap(volumeComplaint)),
    ...told('resources not supported: ', [...new Set(containers.flatMap(foreignResources))]),
    ...told('node selector not supported: ', nodeComplaints(spec)),
  ];
  return complaints.length === 0 ? undefined : `Pod not supported on Fargate: ${complaints.join(', ')}`;
}

const told = (what: string, names: readonly string[], between = ', '): readonly string[] =>
  names.length === 0 ? [] : [what + names.join(between)];

const isOfDaemonSet = ({ metadata }: KubeObject): boolean =>
  metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet') ?? false;

const HOST_FIELDS = [
  ['hostNetwork', 'HostNetwork'],
  ['hostPID', 'HostPID'],
  ['hostIPC', 'HostIPC'],
] as const;

/** One entry for each container with something wrong; the pod's own context counts for all of them. */
function securityComplaints(spec: JsonObject, containers: readonly PodContainer[]): readonly string[] {
  const own = containers.map(({ spec: container }) => objectAt(container['securityContext']));
  const ofContainers = own.map((context) => [...contextComplaints(context), ...localProfile(context)].join(', '));
  return [...ofContainers.filter((complaint) => complaint !== ''), ...localProfile(objectAt(spec['securityContext']))];
}

/** What containerd gives a container anyway; a container may name these, and no others. */
const CAPABILITIES: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

function contextComplaints(context: JsonObject): readonly string[] {
  const { add } = objectAt(context['capabilities'] as Json);
  const foreign = (Array.isArray(add) ? add.map(String) : []).filter((name) => !CAPABILITIES.has(name));
  return [
    ...told('Capabilities added: ', foreign),
    ...(context['allowPrivilegeEscalation'] === true ? ['AllowPrivilegeEscalation'] : []),
    ...(context['privileged'] === true ? ['Privileged'] : []),
  ];
}

/** A profile in a file of the node: nobody can put one there. */
const localProfile = (context: JsonObject): readonly string[] =>
  objectAt(context['seccompProfile'])['type'] === 'Localhost' ? ['SeccompProfile Localhost'] : [];

const hasHostPort = ({ spec }: PodContainer): boolean =>
  objectsAt(spec['ports']).some(
    ({ hostPort, hostIP }) => Number(hostPort ?? 0) > 0 || (typeof hostIP === 'string' && hostIP !== ''),
  );

const VOLUMES: ReadonlySet<string> = new Set(['emptyDir', 'configMap', 'secret', 'projected', 'downwardAPI']);

/** A volume without a kind is an emptyDir. */
function volumeComplaint(volume: JsonObject): readonly string[] {
  const kinds = Object.keys(volume).filter((member) => member !== 'name' && volume[member] !== undefined);
  const foreign = kinds.find((kind) => !VOLUMES.has(kind));
  if (foreign === undefined) return [];
  const name = String(volume['name'] ?? '');
  if (foreign !== 'persistentVolumeClaim') return [`${name} is of an unsupported volume Type (${foreign})`];
  const claim = String(objectAt(volume[foreign])['claimName'] ?? '');
  return [`${name} not supported because: PVC ${claim} not bound`];
}

const SIZED: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);

/** GPUs and whatever else a node's plugins would offer. */
const foreignResources = (container: PodContainer): readonly string[] =>
  Object.keys(requestsOf(container)).filter((resource) => !SIZED.has(resource));
