import type { FieldCause } from '../../../fault.ts';
import type { Json, JsonObject } from '../../../json.ts';
import { forbiddenField, invalid, required } from '../../causes.ts';
import { isObject, objectAt } from '../../object.ts';
import { eachObject, oneOf, textAt, texts, wholeNumber, wrongType } from './check-values.ts';

const HANDLERS = ['exec', 'httpGet', 'tcpSocket'];
const MAX_SECONDS = 2 ** 31 - 1;

/** A probe of a container; `isOnce`: a single success is all that may be asked for. */
export function checkProbe(
  probe: Json | undefined,
  path: string,
  container: JsonObject,
  isOnce: boolean,
): readonly FieldCause[] {
  if (probe === undefined || probe === null) return [];
  if (!isObject(probe)) return [wrongType(path, 'an object')];
  return [
    ...checkHandler(probe, path, [...HANDLERS, 'grpc'], container),
    ...wholeNumber(probe['initialDelaySeconds'], `${path}.initialDelaySeconds`, 0, MAX_SECONDS),
    ...['timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'].flatMap((name) =>
      wholeNumber(probe[name], `${path}.${name}`, 1, MAX_SECONDS),
    ),
    ...(isOnce && Number(probe['successThreshold'] ?? 1) > 1
      ? [invalid(`${path}.successThreshold`, probe['successThreshold'], 'must be 1')]
      : []),
    ...wholeNumber(probe['terminationGracePeriodSeconds'], `${path}.terminationGracePeriodSeconds`, 1, MAX_SECONDS),
  ];
}

export const checkLifecycle = (
  lifecycle: Json | undefined,
  path: string,
  container: JsonObject,
): readonly FieldCause[] =>
  ['postStart', 'preStop'].flatMap((name) => {
    const handler = objectAt(lifecycle)[name];
    return isObject(handler) ? checkHandler(handler, `${path}.${name}`, [...HANDLERS, 'sleep'], container) : [];
  });

function checkHandler(
  handler: JsonObject,
  path: string,
  known: readonly string[],
  container: JsonObject,
): readonly FieldCause[] {
  const [kind, ...more] = known.filter((name) => isObject(handler[name]));
  if (kind === undefined) return [required(path, 'must specify a handler type')];
  if (more[0] !== undefined) return [forbiddenField(`${path}.${more[0]}`, 'may not specify more than 1 handler type')];
  const action = objectAt(handler[kind]);
  const at = `${path}.${kind}`;
  switch (kind) {
    case 'exec':
      return Array.isArray(action['command']) && action['command'].length > 0
        ? texts(action['command'], `${at}.command`)
        : [required(`${at}.command`)];
    case 'httpGet':
      return [
        ...checkPort(action['port'], `${at}.port`, container),
        ...oneOf(action['scheme'], `${at}.scheme`, ['HTTP', 'HTTPS']),
        ...eachObject(action['httpHeaders'], `${at}.httpHeaders`, checkHeader),
      ];
    case 'sleep':
      return wholeNumber(action['seconds'], `${at}.seconds`, 0, MAX_SECONDS);
    default:
      return checkPort(action['port'], `${at}.port`, container);
  }
}

const HEADER = /^[-A-Za-z0-9]+$/;

function checkHeader({ name, value }: JsonObject, path: string): readonly FieldCause[] {
  if (!HEADER.test(textAt(name))) {
    const why = "a valid HTTP header must consist of alphanumeric characters or '-'";
    return [invalid(`${path}.name`, name, why)];
  }
  return typeof value === 'string' || value === undefined ? [] : [wrongType(`${path}.value`, 'a string')];
}

/** A number, or the name of one of the container's own ports. */
function checkPort(port: Json | undefined, path: string, container: JsonObject): readonly FieldCause[] {
  if (port === undefined || port === null) return [required(path)];
  if (typeof port === 'number') return wholeNumber(port, path, 1, 65_535);
  const { ports } = container;
  const isOwn = Array.isArray(ports) && ports.some((own) => isObject(own) && own['name'] === port);
  return isOwn
    ? []
    : [invalid(path, port, 'must be a port number from 1 to 65535, or the name of a port of the container')];
}
