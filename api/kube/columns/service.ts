import type { KubeObject } from '#core/kube/object.ts';
import { objectAt } from '#core/kube/object.ts';
import type { Column } from '../column.ts';
import { AGE, listAt, NAME, NONE, numberAt, pairsOf, specOf, statusOf, textAt, wide } from './common.ts';

const MAX_SHOWN = 3;

export const serviceColumns: readonly Column[] = [
  NAME,
  { name: 'Type', description: 'How it is offered.', value: (service) => textAt(specOf(service)['type'], 'ClusterIP') },
  { name: 'Cluster-IP', description: 'Its virtual address.', value: (service) => textAt(specOf(service)['clusterIP']) },
  { name: 'External-IP', description: 'Where it is reached from outside.', value: externalAddress },
  { name: 'Port(s)', description: 'Ports it is offered at.', value: ports },
  AGE,
  wide({ name: 'Selector', description: 'Pods behind it.', value: (service) => pairsOf(specOf(service)['selector']) }),
];

function externalAddress(service: KubeObject): string {
  const { type, externalName, externalIPs } = specOf(service);
  const given = Array.isArray(externalIPs) ? externalIPs.map(String) : [];
  if (type === 'ExternalName') return textAt(externalName);
  if (type !== 'LoadBalancer') return given.length === 0 ? NONE : given.join(',');
  const balancers = listAt(objectAt(statusOf(service)['loadBalancer'])['ingress']);
  const all = [...balancers.map(({ ip, hostname }) => textAt(ip, textAt(hostname, ''))), ...given];
  return all.length === 0 ? '<pending>' : all.join(',');
}

function ports(service: KubeObject): string {
  const texts = listAt(specOf(service)['ports']).map(({ port, nodePort, protocol }) => {
    const node = numberAt(nodePort) === 0 ? '' : `:${numberAt(nodePort)}`;
    return `${textAt(port, '')}${node}/${textAt(protocol, 'TCP')}`;
  });
  return texts.length === 0 ? NONE : texts.join(',');
}

export const endpointSliceColumns: readonly Column[] = [
  NAME,
  { name: 'AddressType', description: 'What its addresses are.', value: ({ addressType }) => textAt(addressType, '') },
  {
    name: 'Ports',
    description: 'Ports of its endpoints.',
    value: (slice) =>
      some(
        listAt(slice['ports']).map(({ port }) => textAt(port, '*')),
        '<unset>',
      ),
  },
  {
    name: 'Endpoints',
    description: 'Addresses of its endpoints.',
    value: (slice) =>
      some(
        listAt(slice['endpoints']).flatMap(({ addresses }) => (Array.isArray(addresses) ? addresses.map(String) : [])),
        '<unset>',
      ),
  },
  AGE,
];

/** The first of them, and how many more there are. */
function some(texts: readonly string[], otherwise: string): string {
  if (texts.length === 0) return otherwise;
  const more = texts.length - MAX_SHOWN;
  return `${texts.slice(0, MAX_SHOWN).join(',')}${more > 0 ? ` + ${more} more...` : ''}`;
}
