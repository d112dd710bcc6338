import type { Json, JsonObject } from '../json.ts';
import { isObject, type KubeObject, type ObjectMeta, objectAt } from '../kube/object.ts';
import { objectsAt } from './pod-containers.ts';

/** What would make pods, with one pod as it would make it. */
export interface PodMaker {
  readonly kind: string;
  readonly apiVersion: string;
  readonly namespace: string;
  readonly name: string;
  readonly pod: KubeObject;
}

export interface ManifestPods {
  readonly makers: readonly PodMaker[];
  /** What makes no pods, such as a Service, and what has no kind at all. */
  readonly others: readonly { readonly kind: string; readonly name: string }[];
}

/** Where the template of a pod stands in each kind that has one. */
const TEMPLATES: ReadonlyMap<string, readonly string[]> = new Map([
  ['Pod', []],
  ['PodTemplate', ['template']],
  ['ReplicationController', ['spec', 'template']],
  ['ReplicaSet', ['spec', 'template']],
  ['Deployment', ['spec', 'template']],
  ['StatefulSet', ['spec', 'template']],
  ['DaemonSet', ['spec', 'template']],
  ['Job', ['spec', 'template']],
  ['CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
]);

/**
 * The pods that manifests would make, one for each maker; lists are looked into. Nobody has checked the manifests yet, so
 * whatever of them is not as it must be counts as left out. `namespace` is that of those that name none.
 */
export function podsOfManifests(manifests: readonly Json[], namespace: string): ManifestPods {
  const found = manifests.flatMap((manifest) => (isObject(manifest) ? itemsOf(manifest) : []));
  const isMaker = (manifest: JsonObject): boolean => TEMPLATES.has(textAt(manifest['kind']));
  return {
    makers: found.filter(isMaker).map((manifest) => makerOf(manifest, namespace)),
    others: found
      .filter((manifest) => !isMaker(manifest))
      .map((manifest) => ({ kind: textAt(manifest['kind']), name: textAt(objectAt(manifest['metadata'])['name']) })),
  };
}

/** The objects of a list, of `List` as of `PodList`; lists in lists are none. */
const itemsOf = (manifest: JsonObject): readonly JsonObject[] =>
  textAt(manifest['kind']).endsWith('List') ? objectsAt(manifest['items']) : [manifest];

function makerOf(manifest: JsonObject, defaultNamespace: string): PodMaker {
  const kind = textAt(manifest['kind']);
  const metadata = objectAt(manifest['metadata']);
  const name = textAt(metadata['name']) || textAt(metadata['generateName']);
  const namespace = textAt(metadata['namespace']) || defaultNamespace;
  const template = (TEMPLATES.get(kind) ?? []).reduce((at, member) => objectAt(at[member]), manifest);
  const spec = objectAt(template['spec']);
  const pod: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metaOf(objectAt(template['metadata'])),
      name,
      namespace,
      // A pod of a DaemonSet belongs to one node, and Fargate has one node for each pod.
      ...(kind === 'DaemonSet'
        ? { ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: '', controller: true }] }
        : {}),
    },
    spec: { ...spec, volumes: [...objectsAt(spec['volumes']), ...claimedVolumes(manifest, name)] },
  };
  return { kind, apiVersion: textAt(manifest['apiVersion']), namespace, name, pod };
}

const metaOf = ({ labels, annotations }: JsonObject): ObjectMeta => ({
  name: '',
  uid: '',
  resourceVersion: '0',
  creationTimestamp: '',
  labels: textsAt(labels),
  annotations: textsAt(annotations),
});

/** A StatefulSet makes a claim, and a volume of it, for each of its templates. */
const claimedVolumes = (manifest: JsonObject, name: string): readonly JsonObject[] =>
  objectsAt(objectAt(manifest['spec'])['volumeClaimTemplates']).map((claim) => {
    const volume = textAt(objectAt(claim['metadata'])['name']);
    return { name: volume, persistentVolumeClaim: { claimName: `${volume}-${name}-0` } };
  });

const textAt = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

const textsAt = (value: Json | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(objectAt(value)).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text] as const] : [])),
  );
