import type { JsonObject } from '../../json.ts';
import { objectAt } from '../object.ts';

/** Members of the metadata that name an object or that only the server writes: nobody owns them. */
const SERVERS: ReadonlySet<string> = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'managedFields',
]);

/** The part of an object whose fields have owners: of its status when it is changed through that, else everything but that. */
export function trackedPart(object: JsonObject, subresource: string | undefined): JsonObject {
  const { apiVersion: _version, kind: _kind, metadata, status, ...members } = object;
  if (subresource === 'status') return status === undefined ? {} : { status };
  const tracked = Object.entries(objectAt(metadata)).filter(([name]) => !SERVERS.has(name));
  return { ...(tracked.length > 0 ? { metadata: Object.fromEntries(tracked) } : {}), ...members };
}

/** The object with another tracked part. */
export function withTracked(object: JsonObject, part: JsonObject, subresource: string | undefined): JsonObject {
  const { apiVersion, kind, metadata, status } = object;
  const told = {
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(kind === undefined ? {} : { kind }),
  };
  if (subresource === 'status') return { ...object, status: part['status'] };
  const servers = Object.entries(objectAt(metadata)).filter(([name]) => SERVERS.has(name));
  return {
    ...told,
    ...part,
    metadata: { ...Object.fromEntries(servers), ...objectAt(part['metadata']) },
    ...(status === undefined ? {} : { status }),
  };
}
