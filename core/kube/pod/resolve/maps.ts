import type { Json, JsonObject } from '../../../json.ts';
import { objectsAt, podContainers, podSpec } from '../../../profile/pod-containers.ts';
import { base64OfText, textOfBase64 } from '../../base64.ts';
import { isObject, type KubeObject, objectAt } from '../../object.ts';

/** A ConfigMap or a Secret of the pod's namespace. */
export interface MapName {
  readonly kind: 'configmap' | 'secret';
  readonly name: string;
}

/** The maps a pod speaks of, as they stand. */
export type FindMap = (map: MapName) => KubeObject | undefined;

/** Every map a pod speaks of, once. */
export function mapsOf(pod: KubeObject): readonly MapName[] {
  const inContainers = podContainers(pod).flatMap(({ spec }) => [
    ...objectsAt(spec['envFrom']).flatMap(({ configMapRef, secretRef }) => named(configMapRef, secretRef)),
    ...objectsAt(spec['env']).flatMap(({ valueFrom }) => {
      const { configMapKeyRef, secretKeyRef } = objectAt(valueFrom);
      return named(configMapKeyRef, secretKeyRef);
    }),
  ]);
  const inVolumes = objectsAt(podSpec(pod)['volumes']).flatMap((volume) =>
    [volume, ...objectsAt(objectAt(volume['projected'])['sources'])].flatMap(({ configMap, secret }) =>
      named(configMap, secret),
    ),
  );
  return [...new Map([...inContainers, ...inVolumes].map((map) => [`${map.kind} ${map.name}`, map])).values()];
}

function named(configMap: Json | undefined, secret: Json | undefined): readonly MapName[] {
  const nameOf = ({ name, secretName }: JsonObject): string => String(name ?? secretName ?? '');
  return [
    ...(isObject(configMap) ? [{ kind: 'configmap', name: nameOf(configMap) } as const] : []),
    ...(isObject(secret) ? [{ kind: 'secret', name: nameOf(secret) } as const] : []),
  ];
}

/** A map's entries in base64, binary ones, too. */
export function bytesOf(map: KubeObject, { kind }: MapName): ReadonlyMap<string, string> {
  const data = Object.entries(objectAt(map['data'] as Json));
  if (kind === 'secret') return new Map(data.map(([key, value]) => [key, String(value)]));
  const binary = Object.entries(objectAt(map['binaryData'] as Json)).map(
    ([key, value]) => [key, String(value)] as const,
  );
  return new Map([...data.map(([key, value]) => [key, base64OfText(String(value))] as const), ...binary]);
}

/** A map's entries as text; binary ones of a ConfigMap cannot be variables. */
export const textsOf = (map: KubeObject, { kind }: MapName): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(objectAt(map['data'] as Json)).map(([key, value]) => [
      key,
      kind === 'secret' ? textOfBase64(String(value)) : String(value),
    ]),
  );
