import type { Json, JsonObject } from '../../../json.ts';
import type { ContainerProbe, LifecycleHandler, ProbeHandler } from '../../../model/pod.ts';
import { objectsAt } from '../../../profile/pod-containers.ts';
import { isObject, objectAt } from '../../object.ts';

/** A probe with its numbers, which the defaults have filled; undefined when there is none. */
export function probeOf(probe: Json | undefined, container: JsonObject): ContainerProbe | undefined {
  if (!isObject(probe)) return undefined;
  const handler = probeHandler(probe, container);
  const grace = probe['terminationGracePeriodSeconds'];
  return (
    handler && {
      handler,
      initialDelaySeconds: numberOf(probe['initialDelaySeconds'], 0),
      periodSeconds: numberOf(probe['periodSeconds'], 10),
      timeoutSeconds: numberOf(probe['timeoutSeconds'], 1),
      successThreshold: numberOf(probe['successThreshold'], 1),
      failureThreshold: numberOf(probe['failureThreshold'], 3),
      ...(typeof grace === 'number' ? { terminationGracePeriodSeconds: grace } : {}),
    }
  );
}

export function lifecycleHandler(handler: Json | undefined, container: JsonObject): LifecycleHandler | undefined {
  if (!isObject(handler)) return undefined;
  const { sleep } = handler;
  if (isObject(sleep)) return { kind: 'sleep', seconds: numberOf(sleep['seconds'], 0) };
  const found = probeHandler(handler, container);
  return found?.kind === 'grpc' ? undefined : found;
}

function probeHandler(handler: JsonObject, container: JsonObject): ProbeHandler | undefined {
  const { exec, httpGet, tcpSocket, grpc } = handler;
  if (isObject(exec)) {
    const { command } = exec;
    return { kind: 'exec', command: Array.isArray(command) ? command.map(String) : [] };
  }
  if (isObject(httpGet)) {
    return {
      kind: 'httpGet',
      scheme: httpGet['scheme'] === 'HTTPS' ? 'HTTPS' : 'HTTP',
      ...hostOf(httpGet),
      port: portOf(httpGet['port'], container),
      path: String(httpGet['path'] ?? '/'),
      headers: objectsAt(httpGet['httpHeaders']).map(({ name, value }) => ({
        name: String(name),
        value: String(value ?? ''),
      })),
    };
  }
  if (isObject(tcpSocket)) {
    return { kind: 'tcpSocket', ...hostOf(tcpSocket), port: portOf(tcpSocket['port'], container) };
  }
  if (!isObject(grpc)) return undefined;
  return { kind: 'grpc', port: portOf(grpc['port'], container), service: String(grpc['service'] ?? '') };
}

const hostOf = ({ host }: JsonObject) => (host ? { host: String(host) } : {});

/** A number, or the one the container gave that name. */
function portOf(port: Json | undefined, { ports }: JsonObject): number {
  if (typeof port === 'number') return port;
  const named = objectsAt(ports).find(({ name }) => name === port);
  return numberOf(objectAt(named)['containerPort'], 0);
}

const numberOf = (value: Json | undefined, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise;
