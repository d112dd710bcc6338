import type { ContainerSpec } from '../port.ts';

/** What a pod's container asks for and a plain process can not have; undefined when it lacks nothing it must not run without. */
export function lackingOf({ definition, pod }: ContainerSpec): string | undefined {
  const { security } = definition.pod ?? {};
  if (pod && pod.mounts.length > 0) return 'mount volumes';
  const isUser = security?.runAsUser !== undefined || security?.runAsGroup !== undefined || security?.runAsNonRoot;
  if (isUser) return 'run as another user';
  if (security?.readOnlyRootFilesystem) return 'make the root file system read-only';
  return undefined;
}
