import type { Json, JsonObject } from '../../../json.ts';
import type { PodVolume, VolumeFile } from '../../../model/pod.ts';
import { objectsAt, podSpec } from '../../../profile/pod-containers.ts';
import type { PodSize } from '../../../profile/pod-size.ts';
import { base64OfText } from '../../base64.ts';
import { isObject, type KubeObject, objectAt } from '../../object.ts';
import { parseQuantity } from '../../quantity.ts';
import { fieldText } from './field-text.ts';
import { bytesOf, type FindMap, type MapName } from './maps.ts';
import { resourceText } from './resource-field.ts';

export type Volumes =
  | { readonly kind: 'resolved'; readonly volumes: readonly PodVolume[] }
  | { readonly kind: 'missing'; readonly message: string };

interface Scope {
  readonly pod: KubeObject;
  readonly size: PodSize;
  readonly find: FindMap;
}

type Files = { readonly files: readonly VolumeFile[] } | { readonly missing: string };

/** A pod's volumes with the files that are in them when it starts. */
export function resolveVolumes(scope: Scope): Volumes {
  const volumes: PodVolume[] = [];
  for (const volume of objectsAt(podSpec(scope.pod)['volumes'])) {
    const name = String(volume['name']);
    const found = filesOf(scope, volume);
    if ('missing' in found) {
      return { kind: 'missing', message: `MountVolume.SetUp failed for volume "${name}" : ${found.missing}` };
    }
    const { medium, sizeLimit } = objectAt(volume['emptyDir']);
    const bytes = parseQuantity(sizeLimit);
    volumes.push({
      name,
      inMemory: medium === 'Memory',
      ...(bytes ? { sizeLimit: Number(bytes / 1_000_000_000n) } : {}),
      files: found.files,
    });
  }
  return { kind: 'resolved', volumes };
}

const DEFAULT_MODE = 0o644;

function filesOf(scope: Scope, volume: JsonObject): Files {
  const { configMap, secret, downwardAPI, projected } = volume;
  if (!isObject(projected)) return partFiles(scope, { configMap, secret, downwardAPI }, modeOf(volume));
  const files: VolumeFile[] = [];
  for (const part of objectsAt(projected['sources'])) {
    const found = partFiles(scope, part, numberOf(projected['defaultMode'], DEFAULT_MODE));
    if ('missing' in found) return found;
    files.push(...found.files);
  }
  return { files: lastOfEach(files) };
}

/** Of files with the same path the last one wins. */
const lastOfEach = (files: readonly VolumeFile[]): readonly VolumeFile[] => [
  ...new Map(files.map((file) => [file.path, file])).values(),
];

const modeOf = ({ configMap, secret, downwardAPI }: JsonObject): number =>
  numberOf(objectAt(configMap ?? secret ?? downwardAPI)['defaultMode'], DEFAULT_MODE);

function partFiles(scope: Scope, { configMap, secret, downwardAPI }: JsonObject, mode: number): Files {
  if (isObject(configMap))
    return mapFiles(scope, { kind: 'configmap', name: String(configMap['name']) }, configMap, mode);
  if (isObject(secret)) {
    return mapFiles(scope, { kind: 'secret', name: String(secret['secretName'] ?? secret['name']) }, secret, mode);
  }
  return isObject(downwardAPI) ? fieldFiles(scope, downwardAPI, mode) : { files: [] };
}

function mapFiles({ find }: Scope, map: MapName, source: JsonObject, mode: number): Files {
  const isOptional = source['optional'] === true;
  const found = find(map);
  if (!found) return isOptional ? { files: [] } : { missing: `${map.kind} "${map.name}" not found` };
  const entries = bytesOf(found, map);
  const items = objectsAt(source['items']);
  if (items.length === 0) {
    return { files: [...entries].map(([path, content]) => ({ path, content, mode })) };
  }
  const absent = items.find(({ key }) => !entries.has(String(key)));
  if (absent && !isOptional) return { missing: `references non-existent config key: ${String(absent['key'])}` };
  return {
    files: items.flatMap(({ key, path, mode: own }) => {
      const content = entries.get(String(key));
      return content === undefined ? [] : [{ path: String(path), content, mode: numberOf(own, mode) }];
    }),
  };
}

function fieldFiles({ pod, size }: Scope, source: JsonObject, mode: number): Files {
  return {
    files: objectsAt(source['items']).map(({ path, fieldRef, resourceFieldRef, mode: own }) => {
      const text = isObject(resourceFieldRef)
        ? resourceText(pod, size, resourceFieldRef, '')
        : fieldText(pod, String(objectAt(fieldRef)['fieldPath']));
      return { path: String(path), content: base64OfText(text ?? ''), mode: numberOf(own, mode) };
    }),
  };
}

const numberOf = (value: Json | undefined, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise;
