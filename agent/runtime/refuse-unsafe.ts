import type { ContainerDefinition } from '#core/model/task-definition.ts';

/** Capabilities a container may ask for again: what it already has. */
export const ALLOWED_CAPABILITIES: readonly string[] = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'NET_BIND_SERVICE',
  'SETGID',
  'SETPCAP',
  'SETUID',
];

/**
 * Why this machine will not run a container, whatever the control plane says (invariant X10); undefined when it will.
 * A definition carries members beyond our type, so they are read by name.
 */
export function refusalOf(definition: ContainerDefinition): string | undefined {
  const raw = definition as unknown as Readonly<Record<string, unknown>>;
  const linux = (raw.linuxParameters ?? {}) as Readonly<Record<string, unknown>>;
  const added = ((linux.capabilities ?? {}) as Readonly<Record<string, unknown>>).add;
  const wanted = [...list(added), ...(definition.pod?.security.addCapabilities ?? [])];
  const extra = wanted.filter((name) => !ALLOWED_CAPABILITIES.includes(capabilityName(String(name))));
  if (raw.privileged === true) return 'privileged containers are not allowed';
  if (extra.length > 0) return `capability ${String(extra[0])} is not allowed`;
  if (list(linux.devices).length > 0) return 'host devices are not allowed';
  if (list(raw.mountPoints).length > 0 || list(raw.volumesFrom).length > 0) return 'volumes are not supported';
  if (list(raw.dockerSecurityOptions).length > 0) return 'security options are not allowed';
  if (list(raw.systemControls).length > 0) return 'kernel parameters are not allowed';
  if (list(raw.links).length > 0) return 'links are not supported';
  return undefined;
}

/** Kubernetes and Docker both take a capability with its prefix and without it. */
export const capabilityName = (name: string): string => name.toUpperCase().replace(/^CAP_/, '');

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
