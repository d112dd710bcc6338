import type { Json, JsonObject } from '../../json.ts';
import { isHealthy } from '../disruption-budget/budget-status.ts';
import { MANAGED_LABEL, SERVICE_LABEL, SLICE_MANAGER } from '../kinds/endpoint-slice.ts';
import { isObject, type KubeObject, objectAt } from '../object.ts';
import { matchesLabels } from '../selector/label-selector.ts';
import { labelsSelector } from '../selector/selector-object.ts';
import { hasAddress, serviceSpec } from './fill-service.ts';
import { shortHash } from './short-hash.ts';

/** A slice as it should be, without what only the server says. */
export interface WantedSlice {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ownerReferences: readonly JsonObject[];
  readonly addressType: 'IPv4';
  readonly endpoints: readonly JsonObject[];
  readonly ports: readonly JsonObject[];
}

/** Slices are cut for about so many endpoints each, so that a change of one pod rewrites little. */
const SLICE_SIZE = 50;

/** Whether its endpoints follow from pods; others are somebody else's to write. */
export function selectsPods(service: KubeObject): boolean {
  const { selector } = serviceSpec(service);
  return isObject(selector) && Object.keys(selector).length > 0 && hasAddress(serviceSpec(service));
}

export const selectsPod = (service: KubeObject, pod: KubeObject): boolean =>
  selectsPods(service) &&
  service.metadata.namespace === pod.metadata.namespace &&
  matchesLabels(labelsSelector(serviceSpec(service)['selector']), pod.metadata.labels);

/**
 * The EndpointSlices (discovery.k8s.io/v1) of a service over the pods of its namespace. A pod's slice follows from its uid and
 * the number of slices, which doubles, so other pods that come and go leave it where it is.
 */
export function endpointSlices(service: KubeObject, pods: readonly KubeObject[]): readonly WantedSlice[] {
  if (!selectsPods(service)) return [];
  const backing = pods.filter((pod) => selectsPod(service, pod) && hasEndpoint(pod));
  const groups = groupBy(backing, (pod) => JSON.stringify(portsOf(service, pod)));
  if (groups.size === 0) return [sliceOf(service, '0', [], [])];
  return [...groups].flatMap(([ports, members]) => {
    const count = 2 ** Math.ceil(Math.log2(Math.max(1, members.length / SLICE_SIZE)));
    const slices = groupBy(members, ({ metadata }) => String(Number.parseInt(shortHash(metadata.uid), 16) % count));
    return [...slices].map(([bucket, some]) =>
      sliceOf(service, `${count} ${bucket} ${ports}`, some, JSON.parse(ports) as readonly JsonObject[]),
    );
  });
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

const podStatus = (pod: KubeObject): JsonObject => objectAt(pod['status'] as Json);

/** A pod that has ended serves no more, and one without an address not yet. */
function hasEndpoint(pod: KubeObject): boolean {
  const { podIP, phase } = podStatus(pod);
  return typeof podIP === 'string' && podIP !== '' && phase !== 'Succeeded' && phase !== 'Failed';
}

function sliceOf(
  service: KubeObject,
  part: string,
  pods: readonly KubeObject[],
  ports: readonly JsonObject[],
): WantedSlice {
  const { name, uid, labels } = service.metadata;
  const isHeadless = serviceSpec(service)['clusterIP'] === 'None';
  const sorted = pods.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  return {
    name: `${name}-${shortHash(`${uid} ${part}`)}`,
    labels: {
      ...labels,
      [SERVICE_LABEL]: name,
      [MANAGED_LABEL]: SLICE_MANAGER,
      ...(isHeadless ? { 'service.kubernetes.io/headless': '' } : {}),
    },
    ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name, uid, controller: true, blockOwnerDeletion: true }],
    addressType: 'IPv4',
    endpoints: sorted.map((pod) => endpointOf(service, pod)),
    ports,
  };
}

function endpointOf(service: KubeObject, pod: KubeObject): JsonObject {
  const { podIP } = podStatus(pod);
  const { nodeName } = objectAt(pod['spec'] as Json);
  const isGoing = pod.metadata.deletionTimestamp !== undefined;
  const serves = isHealthy({ ...pod, metadata: withoutDeletion(pod) });
  const isPublished = serviceSpec(service)['publishNotReadyAddresses'] === true;
  const { name, namespace = '', uid } = pod.metadata;
  return {
    addresses: [podIP ?? null],
    conditions: { ready: isPublished || (serves && !isGoing), serving: serves, terminating: isGoing },
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(typeof nodeName === 'string' ? { nodeName } : {}),
  };
}

function withoutDeletion({ metadata: { deletionTimestamp: _at, ...metadata } }: KubeObject): KubeObject['metadata'] {
  return metadata;
}

/** A service's ports as this pod has them: a named target is a port of one of its containers. */
function portsOf(service: KubeObject, pod: KubeObject): readonly JsonObject[] {
  const { ports } = serviceSpec(service);
  return (Array.isArray(ports) ? ports : []).flatMap((entry): JsonObject[] => {
    const { name = '', protocol = 'TCP', targetPort, port, appProtocol } = objectAt(entry);
    const number = typeof targetPort === 'string' ? namedPort(pod, targetPort, protocol) : (targetPort ?? port);
    if (typeof number !== 'number') return [];
    return [{ name, port: number, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }];
  });
}

function namedPort(pod: KubeObject, name: string, protocol: Json): Json | undefined {
  const { containers, initContainers } = objectAt(pod['spec'] as Json);
  const all = [containers, initContainers].flatMap((list) => (Array.isArray(list) ? list : []));
  const ports = all.flatMap((container) => {
    const { ports: own } = objectAt(container);
    return Array.isArray(own) ? own.map(objectAt) : [];
  });
  const found = ports.find((port) => port['name'] === name && (port['protocol'] ?? 'TCP') === protocol);
  return found?.['containerPort'];
}
