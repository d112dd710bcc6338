import type { FieldCause } from '../../fault.ts';
import type { Json, JsonObject } from '../../json.ts';
import { duplicate, forbiddenField, invalid, required, unsupported } from '../causes.ts';
import { isDnsLabel, isSubdomain } from '../check-meta.ts';
import { isObject, type KubeObject } from '../object.ts';
import { checkSelectorLabels } from '../selector/selector-object.ts';
import { isServiceAddress, SERVICE_RANGE } from './cluster-ip.ts';
import { hasAddress, isExposed, serviceSpec } from './fill-service.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const AFFINITIES = ['ClientIP', 'None'];
const PORT_NAME = /^(?=.*[a-z])[a-z0-9](-?[a-z0-9]){0,14}$/;
const LAST_PORT = 65_535;
const NODE_PORTS = { first: 30_000, last: 32_767 };

/** What is wrong with a filled Service; `before` is the one it takes the place of. */
export function checkService(service: KubeObject, before?: KubeObject): readonly FieldCause[] {
  const spec = serviceSpec(service);
  const { type, sessionAffinity, externalName } = spec;
  return [
    ...oneOf('spec.type', type, TYPES),
    ...oneOf('spec.sessionAffinity', sessionAffinity, AFFINITIES),
    ...checkSelectorLabels('spec.selector', spec['selector']),
    ...checkPorts(spec),
    ...(hasAddress(spec) ? checkAddress(spec) : []),
    ...(type === 'ExternalName' && !(typeof externalName === 'string' && isSubdomain(externalName))
      ? [invalid('spec.externalName', externalName, 'must be a DNS name when the type is ExternalName')]
      : []),
    ...(before ? checkKept(spec, serviceSpec(before)) : []),
  ];
}

const oneOf = (field: string, value: Json | undefined, known: readonly string[]): readonly FieldCause[] =>
  typeof value === 'string' && known.includes(value) ? [] : [unsupported(field, value, known)];

function checkKept(spec: JsonObject, before: JsonObject): readonly FieldCause[] {
  if (!hasAddress(spec) || !hasAddress(before) || spec['clusterIP'] === before['clusterIP']) return [];
  return [invalid('spec.clusterIPs[0]', spec['clusterIP'], 'field is immutable')];
}

function checkAddress(spec: JsonObject): readonly FieldCause[] {
  const { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy } = spec;
  const isHeadless = clusterIP === 'None';
  const families = Array.isArray(ipFamilies) ? ipFamilies : [];
  const others = families.findIndex((family) => family !== 'IPv4');
  const isSame = Array.isArray(clusterIPs) && clusterIPs.length === 1 && clusterIPs[0] === clusterIP;
  return [
    ...(isHeadless && isExposed(spec)
      ? [invalid('spec.clusterIPs[0]', clusterIP, `may not be set to 'None' for ${String(spec['type'])} services`)]
      : []),
    ...(isHeadless || isServiceAddress(clusterIP)
      ? []
      : [
          invalid(
            'spec.clusterIPs',
            clusterIPs,
            `failed to allocate IP: the provided IP is not in the valid range ${SERVICE_RANGE}`,
          ),
        ]),
    ...(isSame ? [] : [invalid('spec.clusterIPs', clusterIPs, 'must be one address, that of clusterIP')]),
    ...(others < 0 ? [] : [invalid(`spec.ipFamilies[${others}]`, families[others], 'not configured on this cluster')]),
    ...(ipFamilyPolicy === 'RequireDualStack'
      ? [invalid('spec.ipFamilyPolicy', ipFamilyPolicy, 'this cluster is not configured for dual-stack services')]
      : []),
  ];
}

function checkPorts(spec: JsonObject): readonly FieldCause[] {
  const { ports, clusterIP } = spec;
  const list = Array.isArray(ports) ? ports : [];
  if (list.length === 0) {
    return hasAddress(spec) && clusterIP !== 'None' ? [required('spec.ports')] : [];
  }
  return [
    ...list.flatMap((port, index) => checkPort(`spec.ports[${index}]`, port, { spec, isAlone: list.length === 1 })),
    ...repeated(list, ({ name }) => (typeof name === 'string' && name !== '' ? name : undefined), 'name'),
    ...repeated(list, ({ port, protocol }) => `${String(port)}/${String(protocol)}`, 'port'),
  ];
}

function repeated(
  ports: readonly Json[],
  keyOf: (port: JsonObject) => string | undefined,
  member: string,
): readonly FieldCause[] {
  const keys = ports.map((port) => (isObject(port) ? keyOf(port) : undefined));
  return keys.flatMap((key, index) =>
    key !== undefined && keys.indexOf(key) < index ? [duplicate(`spec.ports[${index}].${member}`, key)] : [],
  );
}

function checkPort(
  field: string,
  port: Json,
  { spec, isAlone }: { readonly spec: JsonObject; readonly isAlone: boolean },
): readonly FieldCause[] {
  if (!isObject(port)) return [invalid(field, port, 'must be a port')];
  const { name, port: number, protocol, targetPort, nodePort } = port;
  const isNamed = typeof name === 'string' && name !== '';
  return [
    ...(isNamed || isAlone ? [] : [required(`${field}.name`)]),
    ...(isNamed && !isDnsLabel(name) ? [invalid(`${field}.name`, name, 'must be a lower-case DNS label')] : []),
    ...(isPort(number) ? [] : [invalid(`${field}.port`, number, `must be between 1 and ${LAST_PORT}, inclusive`)]),
    ...oneOf(`${field}.protocol`, protocol, PROTOCOLS),
    ...(isPort(targetPort) || (typeof targetPort === 'string' && PORT_NAME.test(targetPort))
      ? []
      : [invalid(`${field}.targetPort`, targetPort, `must be a port from 1 to ${LAST_PORT}, or the name of one`)]),
    ...checkNodePort(`${field}.nodePort`, nodePort, spec),
  ];
}

const isPort = (value: Json | undefined): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= LAST_PORT;

function checkNodePort(field: string, port: Json | undefined, spec: JsonObject): readonly FieldCause[] {
  if (port === undefined || port === null || port === 0) return [];
  if (!isExposed(spec)) return [forbiddenField(field, `may not be used when \`type\` is '${String(spec['type'])}'`)];
  const { first, last } = NODE_PORTS;
  if (isPort(port) && Number(port) >= first && Number(port) <= last) return [];
  return [
    invalid(field, port, `provided port is not in the valid range. The range of valid ports is ${first}-${last}`),
  ];
}
