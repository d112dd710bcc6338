import type { Json } from '#core/json.ts';
import { type KubeObject, objectAt } from '#core/kube/object.ts';
import { type MapName, mapsOf } from '#core/kube/pod/resolve/maps.ts';
import { type PodResolution, resolvePod, withResolved } from '#core/kube/pod/resolve/resolve-pod.ts';
import type { Task } from '#core/model/task.ts';
import type { TaskSpec } from '#core/model/task-spec.ts';
import type { PodSize } from '#core/profile/pod-size.ts';
import type { Dependencies } from '../../dependencies.ts';
import { readMany } from '../../records.ts';
import { findObject } from '../read-objects.ts';
import { objects } from '../records.ts';

type Deps = Pick<Dependencies, 'store'>;

const COLLECTIONS: Readonly<Record<MapName['kind'], string>> = { configmap: 'configmaps', secret: 'secrets' };

/** A pod with all it refers to, as that stands now. One that refers to nothing costs no read. */
export async function resolveReferences(
  deps: Deps,
  cluster: string,
  pod: KubeObject,
  size: PodSize,
): Promise<PodResolution> {
  const { namespace = '' } = pod.metadata;
  const maps = mapsOf(pod);
  const ids = maps.map(({ kind, name }) => ({ cluster, resource: COLLECTIONS[kind], namespace, name }));
  const found = ids.length === 0 ? [] : await readMany(deps.store, objects, ids);
  const byName = new Map(maps.map(({ kind, name }, at) => [`${kind} ${name}`, found[at]?.value]));
  return resolvePod(pod, size, ({ kind, name }) => byName.get(`${kind} ${name}`));
}

/** What a pod's machine is told; undefined while something it refers to is missing, and once the pod is gone. */
export async function resolvedSpec(
  deps: Dependencies,
  pod: NonNullable<Task['pod']>,
  spec: TaskSpec,
): Promise<TaskSpec | undefined> {
  const { cluster, cpu = 0, memory = 0 } = spec;
  const found = await findObject(deps, { cluster, resource: 'pods', namespace: pod.namespace, name: pod.name });
  if (found?.value.metadata.uid !== pod.uid) return undefined;
  const resolution = await resolveReferences(deps, cluster, found.value, { cpu, memory });
  return resolution.kind === 'resolved' ? withResolved(spec, resolution) : undefined;
}

/** As if its node were known: what still is missing is missing for good. */
export const withAnyNode = (pod: KubeObject): KubeObject => ({
  ...pod,
  spec: { nodeName: 'to-come', ...objectAt(pod['spec'] as Json) },
});
