import type { JsonObject } from '../../../json.ts';
import type { EnvironmentSource } from '../../../model/pod.ts';
import type { NameValue } from '../../../model/task-definition.ts';
import { objectsAt, type PodContainer } from '../../../profile/pod-containers.ts';
import type { PodSize } from '../../../profile/pod-size.ts';
import { isObject, type KubeObject, objectAt } from '../../object.ts';
import { machineField } from '../translate/environment-sources.ts';
import { expandVariables } from './expand-variables.ts';
import { fieldText } from './field-text.ts';
import { type FindMap, type MapName, textsOf } from './maps.ts';
import { resourceText } from './resource-field.ts';

/** A container's variables, or the first thing that keeps it from having them. */
export type Environment =
  | {
      readonly kind: 'resolved';
      readonly values: readonly NameValue[];
      readonly machine: readonly Extract<EnvironmentSource, { readonly kind: 'machine' }>[];
    }
  | { readonly kind: 'missing'; readonly message: string };

interface Scope {
  readonly pod: KubeObject;
  readonly size: PodSize;
  readonly find: FindMap;
}

/** Looks up all variables in the order that lets later ones take the place of earlier ones and speak of them. */
export function resolveEnvironment(scope: Scope, { name: container, spec }: PodContainer): Environment {
  const values = new Map<string, string>();
  const machine: Extract<EnvironmentSource, { readonly kind: 'machine' }>[] = [];
  for (const source of objectsAt(spec['envFrom'])) {
    const message = addMap(scope, source, values);
    if (message !== undefined) return { kind: 'missing', message };
  }
  for (const variable of objectsAt(spec['env'])) {
    const name = String(variable['name']);
    const found = valueFound(scope, container, variable, values);
    if (found.kind === 'missing') return found;
    if (found.kind === 'value') values.set(name, found.value);
    if (found.kind === 'machine') machine.push({ kind: 'machine', variable: name, field: found.field });
  }
  return { kind: 'resolved', values: [...values].map(([name, value]) => ({ name, value })), machine };
}

const VARIABLE = /^[!-<>-~]+$/;

/** Keys that no variable can be called by are left out, as Kubernetes leaves them. */
function addMap({ pod, find }: Scope, source: JsonObject, values: Map<string, string>): string | undefined {
  const { configMapRef, secretRef, prefix } = source;
  const map = mapNamed(configMapRef ? 'configmap' : 'secret', objectAt(configMapRef ?? secretRef));
  const found = find(map);
  if (!found) return objectAt(configMapRef ?? secretRef)['optional'] === true ? undefined : absent(pod, map);
  for (const [key, value] of textsOf(found, map)) {
    const name = `${String(prefix ?? '')}${key}`;
    if (VARIABLE.test(name)) values.set(name, value);
  }
  return undefined;
}

type Found =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'machine'; readonly field: 'podIP' | 'hostIP' }
  | { readonly kind: 'none' }
  | { readonly kind: 'missing'; readonly message: string };

function valueFound(scope: Scope, container: string, variable: JsonObject, before: ReadonlyMap<string, string>): Found {
  const { value, valueFrom } = variable;
  if (!isObject(valueFrom)) return { kind: 'value', value: expandVariables(String(value ?? ''), before) };
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = valueFrom;
  if (isObject(configMapKeyRef)) return keyOf(scope, mapNamed('configmap', configMapKeyRef), configMapKeyRef);
  if (isObject(secretKeyRef)) return keyOf(scope, mapNamed('secret', secretKeyRef), secretKeyRef);
  if (isObject(resourceFieldRef)) {
    return { kind: 'value', value: resourceText(scope.pod, scope.size, resourceFieldRef, container) };
  }
  const path = String(objectAt(fieldRef)['fieldPath'] ?? '');
  const field = machineField(path);
  if (field) return { kind: 'machine', field };
  const text = fieldText(scope.pod, path);
  // Its node is known a moment later.
  return text === undefined ? { kind: 'missing', message: `${path} is not known yet` } : { kind: 'value', value: text };
}

function keyOf({ pod, find }: Scope, map: MapName, reference: JsonObject): Found {
  const isOptional = reference['optional'] === true;
  const found = find(map);
  if (!found) return isOptional ? { kind: 'none' } : { kind: 'missing', message: absent(pod, map) };
  const key = String(reference['key'] ?? '');
  const value = textsOf(found, map).get(key);
  if (value !== undefined) return { kind: 'value', value };
  if (isOptional) return { kind: 'none' };
  const kind = map.kind === 'secret' ? 'Secret' : 'ConfigMap';
  return {
    kind: 'missing',
    message: `couldn't find key ${key} in ${kind} ${pod.metadata.namespace ?? ''}/${map.name}`,
  };
}

const mapNamed = (kind: MapName['kind'], { name }: JsonObject): MapName => ({ kind, name: String(name ?? '') });

export const absent = (_pod: KubeObject, { kind, name }: MapName): string => `${kind} "${name}" not found`;
