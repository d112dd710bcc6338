import type { Json, JsonObject } from '../json.ts';
import { isObject, type KubeObject, objectAt } from '../kube/object.ts';

/** A container of a pod, as far as admission looks at it; a manifest that nobody has checked yet may have anything in it. */
export interface PodContainer {
  readonly name: string;
  /** Runs to its end before the others start; `sidecar`: starts before them and stays (init container that restarts Always). */
  readonly role: 'init' | 'sidecar' | 'app';
  readonly spec: JsonObject;
}

export const podSpec = (pod: KubeObject): JsonObject => objectAt(pod['spec'] as Json);

/** All containers of a pod in the order of their start, init containers first. */
export function podContainers(pod: KubeObject): readonly PodContainer[] {
  const spec = podSpec(pod);
  return [
    ...objectsAt(spec['initContainers']).map((container) =>
      containerOf(container, container['restartPolicy'] === 'Always' ? 'sidecar' : 'init'),
    ),
    ...objectsAt(spec['containers']).map((container) => containerOf(container, 'app')),
  ];
}

const containerOf = (spec: JsonObject, role: PodContainer['role']): PodContainer => ({
  name: String(spec['name'] ?? ''),
  role,
  spec,
});

/** The objects of a list; whatever else stands where a list of objects should be counts as nothing. */
export const objectsAt = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
