import type { FieldCause } from '../../fault.ts';
import type { Json } from '../../json.ts';
import { invalid, unsupported } from '../causes.ts';
import { isObject, type KubeObject } from '../object.ts';
import type { KindRules } from './kind-rules.ts';

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const MAX_ENDPOINTS = 1_000;
const MAX_ADDRESSES = 100;

/** Rules of an EndpointSlice (discovery.k8s.io/v1): one type of address, for good, and not too many of them. */
export const endpointSliceRules: KindRules = {
  fillDefaults: (object) => object,
  check: (object, before) => {
    const { addressType, endpoints } = object;
    const list: readonly unknown[] = Array.isArray(endpoints) ? endpoints : [];
    return [
      ...(ADDRESS_TYPES.includes(String(addressType))
        ? []
        : [unsupported('addressType', addressType as Json, ADDRESS_TYPES)]),
      ...(before && before['addressType'] !== addressType
        ? [invalid('addressType', addressType as Json, 'field is immutable')]
        : []),
      ...(list.length > MAX_ENDPOINTS
        ? [invalid('endpoints', list.length, `must have at most ${MAX_ENDPOINTS} items`)]
        : []),
      ...list.flatMap(checkEndpoint),
    ];
  },
  desired: [],
};

function checkEndpoint(endpoint: unknown, index: number): readonly FieldCause[] {
  const addresses = isObject(endpoint) ? endpoint['addresses'] : undefined;
  if (Array.isArray(addresses) && addresses.length > 0 && addresses.length <= MAX_ADDRESSES) return [];
  return [invalid(`endpoints[${index}].addresses`, addresses, `must have 1 to ${MAX_ADDRESSES} items`)];
}

/** The label by which clients find the slices of a service. */
export const SERVICE_LABEL = 'kubernetes.io/service-name';
export const MANAGED_LABEL = 'endpointslice.kubernetes.io/managed-by';
export const SLICE_MANAGER = 'endpointslice-controller.k8s.io';

/** True for a slice that the service's own reconciler keeps. */
export const isKeptSlice = ({ metadata }: KubeObject): boolean => metadata.labels?.[MANAGED_LABEL] === SLICE_MANAGER;
