/** How a list is merged by a strategic merge patch: by the key of its elements, as a set of plain values, or not at all. */
export type ListMerge =
  | { readonly kind: 'by-key'; readonly key: string }
  | { readonly kind: 'set' }
  | { readonly kind: 'atomic' };

const ATOMIC: ListMerge = { kind: 'atomic' };
const byKey = (key: string): ListMerge => ({ kind: 'by-key', key });

/** `patchMergeKey` of the Kubernetes API types (core/v1, apps/v1, batch/v1), by the member's name. */
const BY_MEMBER: ReadonlyMap<string, ListMerge> = new Map([
  ['containers', byKey('name')],
  ['initContainers', byKey('name')],
  ['ephemeralContainers', byKey('name')],
  ['volumes', byKey('name')],
  ['imagePullSecrets', byKey('name')],
  ['secrets', byKey('name')],
  ['env', byKey('name')],
  ['schedulingGates', byKey('name')],
  ['resourceClaims', byKey('name')],
  ['volumeMounts', byKey('mountPath')],
  ['volumeDevices', byKey('devicePath')],
  ['hostAliases', byKey('ip')],
  ['topologySpreadConstraints', byKey('topologyKey')],
  ['conditions', byKey('type')],
  ['addresses', byKey('type')],
  ['ownerReferences', byKey('uid')],
  ['podIPs', byKey('ip')],
  ['hostIPs', byKey('ip')],
  ['finalizers', { kind: 'set' }],
]);

const CONTAINERS: ReadonlySet<string> = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/** How the list called `member` is merged that stands inside `parent`, the nearest named member around it. */
export function listMerge(member: string, parent: string | undefined): ListMerge {
  // Ports of a container are told apart by the port inside of it, ports of a service by the one it listens on.
  if (member === 'ports') return byKey(parent !== undefined && CONTAINERS.has(parent) ? 'containerPort' : 'port');
  // A projected volume's sources name files in lists called items; these and all others replace each other as a whole.
  return BY_MEMBER.get(member) ?? ATOMIC;
}
