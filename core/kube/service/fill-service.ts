import type { Json, JsonObject } from '../../json.ts';
import { isObject, type KubeObject, objectAt } from '../object.ts';
import { clusterIpOf } from './cluster-ip.ts';

const AFFINITY_SECONDS = 10_800;

export const serviceSpec = (service: KubeObject): JsonObject => objectAt(service['spec'] as Json);

/** Whether it has an address of its own, which only an alias of an outside name does not. */
export const hasAddress = ({ type = 'ClusterIP' }: JsonObject): boolean => type !== 'ExternalName';

export const isExposed = ({ type }: JsonObject): boolean => type === 'NodePort' || type === 'LoadBalancer';

/** A Service with what its client left out; an address that was given once stays. */
export function fillService(service: KubeObject, before?: KubeObject): KubeObject {
  const given = serviceSpec(service);
  const { type = 'ClusterIP', sessionAffinity = 'None', ports } = given;
  const spec: JsonObject = {
    ...given,
    type,
    sessionAffinity,
    ...(sessionAffinity === 'ClientIP' ? { sessionAffinityConfig: affinityOf(given) } : {}),
    ...(Array.isArray(ports) ? { ports: ports.map(filledPort) } : {}),
    ...(hasAddress(given) ? addressed(service, given, before && serviceSpec(before)) : {}),
    ...(isExposed(given) ? { externalTrafficPolicy: given['externalTrafficPolicy'] ?? 'Cluster' } : {}),
    ...(type === 'LoadBalancer'
      ? { allocateLoadBalancerNodePorts: given['allocateLoadBalancerNodePorts'] ?? true }
      : {}),
  };
  return { ...service, spec, status: service['status'] ?? { loadBalancer: {} } };
}

function addressed(service: KubeObject, given: JsonObject, before: JsonObject | undefined): JsonObject {
  const kept = before && hasAddress(before) ? before['clusterIP'] : undefined;
  const { clusterIPs } = given;
  const first = Array.isArray(clusterIPs) ? clusterIPs[0] : undefined;
  const clusterIP = given['clusterIP'] || first || kept || clusterIpOf(service.metadata.uid);
  return {
    clusterIP,
    clusterIPs: Array.isArray(clusterIPs) && clusterIPs.length > 0 ? clusterIPs : [clusterIP],
    ipFamilies: given['ipFamilies'] ?? ['IPv4'],
    ipFamilyPolicy: given['ipFamilyPolicy'] ?? 'SingleStack',
    internalTrafficPolicy: given['internalTrafficPolicy'] ?? 'Cluster',
  };
}

function affinityOf({ sessionAffinityConfig }: JsonObject): JsonObject {
  const config = objectAt(sessionAffinityConfig);
  const client = objectAt(config['clientIP']);
  return { ...config, clientIP: { ...client, timeoutSeconds: client['timeoutSeconds'] ?? AFFINITY_SECONDS } };
}

const filledPort = (port: Json): Json =>
  isObject(port) ? { ...port, protocol: port['protocol'] ?? 'TCP', targetPort: targetOf(port) } : port;

/** Absent, and 0, which some clients write for it: the port itself. */
const targetOf = ({ targetPort, port }: JsonObject): Json => targetPort || (port ?? null);
