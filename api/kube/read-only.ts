import { forbidden } from '#control/kube/kube-faults.ts';
import type { Target } from '#control/kube/object-request.ts';
import { mirrorNamespace } from '#core/kube/mirror/mirror-namespace.ts';
import { resourceName } from '#core/kube/resource.ts';

/** The namespace that shows the tasks of ECS is for looking at. Faults: AccessDenied. */
export function requireWritable({ cluster, resource, namespace }: Target, name = ''): void {
  const mirror = mirrorNamespace(cluster);
  const isMirror = resourceName(resource) === 'namespaces' && name === mirror;
  if (namespace !== mirror && !isMirror) return;
  throw forbidden(
    resource,
    name,
    `namespace ${mirror} shows the tasks of ECS and cannot be changed from here: use the ECS API, for one "aws ecs stop-task --cluster ${cluster} --task TASK"`,
  );
}
