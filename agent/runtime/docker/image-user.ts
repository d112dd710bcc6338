import type { ContainerSecurity } from '#core/model/pod.ts';
import { RuntimeFault } from '../runtime-fault.ts';

/**
 * The user of a pod's container as an engine takes it, `user` or `user:group`; undefined leaves it to the image. Fails with
 * ContainerConfigurationError when the pod forbids root and the container would be root, or nobody can tell.
 */
export function userOf(security: ContainerSecurity, imageUser: string): string | undefined {
  const { runAsUser, runAsGroup, runAsNonRoot } = security;
  const [named = ''] = imageUser.split(':');
  const user = runAsUser === undefined ? named : String(runAsUser);
  if (runAsNonRoot) requireNonRoot(user);
  if (runAsGroup !== undefined) return `${user || '0'}:${runAsGroup}`;
  // Without a group of its own a user by number would have the image's one, which Kubernetes gives to it as well.
  return runAsUser === undefined ? undefined : String(runAsUser);
}

function requireNonRoot(user: string): void {
  if (user === '' || user === 'root' || user === '0') {
    throw new RuntimeFault(
      'ContainerConfigurationError',
      'the pod forbids root (runAsNonRoot), and the container would be root',
    );
  }
  if (/^\d+$/.test(user)) return;
  const why = `the pod forbids root (runAsNonRoot), and nobody can tell who '${user}' of the image is: set runAsUser`;
  throw new RuntimeFault('ContainerConfigurationError', why);
}
