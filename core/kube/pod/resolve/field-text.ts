import type { Json } from '../../../json.ts';
import { type KubeObject, objectAt } from '../../object.ts';

const MAP_FIELD = /^metadata\.(labels|annotations)\['([^']+)'\]$/;

/**
 * What a field of a pod says of it as text (downward API); undefined for one that only its machine knows, or that is not known
 * yet, as a node before there is one.
 */
export function fieldText(pod: KubeObject, path: string): string | undefined {
  const { name, namespace = '', uid, labels = {}, annotations = {} } = pod.metadata;
  const { serviceAccountName, nodeName } = objectAt(pod['spec'] as Json);
  switch (path) {
    case 'metadata.name':
      return name;
    case 'metadata.namespace':
      return namespace;
    case 'metadata.uid':
      return uid;
    case 'metadata.labels':
      return linesOf(labels);
    case 'metadata.annotations':
      return linesOf(annotations);
    case 'spec.serviceAccountName':
      return String(serviceAccountName ?? '');
    case 'spec.nodeName':
      return typeof nodeName === 'string' ? nodeName : undefined;
    default: {
      const [, map, key = ''] = MAP_FIELD.exec(path) ?? [];
      if (map === undefined) return undefined;
      return (map === 'labels' ? labels : annotations)[key] ?? '';
    }
  }
}

const linesOf = (map: Readonly<Record<string, string>>): string =>
  Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n');
