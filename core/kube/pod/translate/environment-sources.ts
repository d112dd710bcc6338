import type { JsonObject } from '../../../json.ts';
import type { EnvironmentSource } from '../../../model/pod.ts';
import type { NameValue } from '../../../model/task-definition.ts';
import { objectsAt, type PodContainer } from '../../../profile/pod-containers.ts';
import { isObject, type KubeObject, objectAt } from '../../object.ts';
import { fieldText } from '../resolve/field-text.ts';

/** Variables whose value the pod itself says. */
export const literalEnvironment = (pod: KubeObject, { spec }: PodContainer): readonly NameValue[] =>
  objectsAt(spec['env']).flatMap(({ name, value, valueFrom }) => {
    if (!isObject(valueFrom)) return [{ name: String(name), value: String(value ?? '') }];
    const { fieldRef } = valueFrom;
    const said = isObject(fieldRef) ? fieldText(pod, String(fieldRef['fieldPath'])) : undefined;
    return said === undefined ? [] : [{ name: String(name), value: said }];
  });

/** Variables that are looked up when the machine is handed the pod, whole maps of them first. */
export const soughtEnvironment = ({ spec }: PodContainer): readonly EnvironmentSource[] => [
  ...objectsAt(spec['envFrom']).flatMap(mapSource),
  ...objectsAt(spec['env']).flatMap(keySource),
];

function mapSource({ configMapRef, secretRef, prefix }: JsonObject): readonly EnvironmentSource[] {
  const kind = isObject(configMapRef) ? 'configMap' : 'secret';
  const reference = objectAt(configMapRef ?? secretRef);
  return [
    {
      kind,
      name: String(reference['name'] ?? ''),
      prefix: String(prefix ?? ''),
      optional: reference['optional'] === true,
    },
  ];
}

function keySource({ name: variable, valueFrom }: JsonObject): readonly EnvironmentSource[] {
  const { configMapKeyRef, secretKeyRef, fieldRef } = objectAt(valueFrom);
  const reference = configMapKeyRef ?? secretKeyRef;
  if (isObject(reference)) {
    return [
      {
        kind: isObject(configMapKeyRef) ? 'configMapKey' : 'secretKey',
        variable: String(variable),
        name: String(reference['name'] ?? ''),
        key: String(reference['key'] ?? ''),
        optional: reference['optional'] === true,
      },
    ];
  }
  const field = machineField(objectAt(fieldRef)['fieldPath']);
  return field ? [{ kind: 'machine', variable: String(variable), field }] : [];
}

/** What only the machine knows. A pod has one address of each kind. */
export function machineField(path: unknown): 'podIP' | 'hostIP' | undefined {
  if (path === 'status.podIP' || path === 'status.podIPs') return 'podIP';
  return path === 'status.hostIP' || path === 'status.hostIPs' ? 'hostIP' : undefined;
}
