import type { Json, JsonObject } from '../../../json.ts';
import { isObject } from '../../object.ts';
import { filledList, filledMember, withoutNulls } from './fill-members.ts';

/** Fills what a container leaves out. */
export function fillContainer(container: JsonObject): JsonObject {
  return {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    ...withoutNulls(container),
    imagePullPolicy: container['imagePullPolicy'] ?? pullPolicyOf(container['image']),
    ...filledList(container, 'ports', (port) => ({ protocol: 'TCP', ...withoutNulls(port) })),
    ...filledList(container, 'env', fillVariable),
    ...filledMember(container, 'livenessProbe', fillProbe),
    ...filledMember(container, 'readinessProbe', fillProbe),
    ...filledMember(container, 'startupProbe', fillProbe),
    ...filledMember(container, 'lifecycle', fillLifecycle),
  };
}

/** An image whose tag may come to mean another one is asked for at each start. */
function pullPolicyOf(image: Json | undefined): string {
  if (typeof image !== 'string' || image.includes('@')) return 'IfNotPresent';
  const tag = /:([^:/]+)$/.exec(image)?.[1] ?? 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function fillVariable(variable: JsonObject): JsonObject {
  const source = variable['valueFrom'];
  if (!isObject(source) || !isObject(source['fieldRef'])) return variable;
  return { ...variable, valueFrom: { ...source, fieldRef: { apiVersion: 'v1', ...source['fieldRef'] } } };
}

const fillProbe = (probe: JsonObject): JsonObject => ({
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
  ...withoutNulls(probe),
  ...filledMember(probe, 'httpGet', fillHttpGet),
  ...filledMember(probe, 'grpc', (grpc) => ({ service: '', ...withoutNulls(grpc) })),
});

const fillHttpGet = (httpGet: JsonObject): JsonObject => ({ path: '/', scheme: 'HTTP', ...withoutNulls(httpGet) });

const fillLifecycle = (lifecycle: JsonObject): JsonObject => ({
  ...lifecycle,
  ...filledMember(lifecycle, 'postStart', fillHandler),
  ...filledMember(lifecycle, 'preStop', fillHandler),
});

const fillHandler = (handler: JsonObject): JsonObject => ({
  ...handler,
  ...filledMember(handler, 'httpGet', fillHttpGet),
});
