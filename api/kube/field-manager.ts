import { Fault } from '#core/fault.ts';
import type { Manager } from '#core/kube/apply/owners.ts';
import { type Change, recordUpdate } from '#core/kube/apply/record-update.ts';
import { type KubeObject, timestamp } from '#core/kube/object.ts';
import { apiVersionOf, type KubeResource } from '#core/kube/resource.ts';
import { servedSchema } from '#core/kube/schema/schema.ts';
import type { KubeCall } from './call.ts';

const MAX_NAME = 128;

/** Who asks for a change: `fieldManager`, or the program at the beginning of the User-Agent. Faults: Invalid. */
function nameOf({ parameters, request }: KubeCall): string {
  const asked = parameters.get('fieldManager') ?? '';
  if (asked.length > MAX_NAME) throw invalidOption('fieldManager', `Too long: may not be longer than ${MAX_NAME}`);
  if (/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(asked)) {
    throw invalidOption('fieldManager', 'Invalid value: should only contain printable characters');
  }
  if (asked !== '') return asked;
  const [program = ''] = (request.headers['user-agent'] ?? '').split('/');
  return program.replaceAll(/[^\x21-\x7e]/g, '').slice(0, MAX_NAME) || 'unknown';
}

/** What is told of a change in the object's managed fields. */
export function changeBy(
  call: KubeCall,
  resource: KubeResource,
  operation: Manager['operation'],
  subresource: string | undefined,
): Change {
  if (operation === 'Apply' && !call.parameters.get('fieldManager')) {
    throw invalidOption('fieldManager', 'Required value: is required for apply patch');
  }
  const manager: Manager = {
    name: nameOf(call),
    operation,
    apiVersion: apiVersionOf(resource),
    ...(subresource === undefined ? {} : { subresource }),
  };
  return { type: servedSchema(resource), manager, now: timestamp(call.deps.clock.now()) };
}

/** Writes down whose fields they are when the caller changes an object otherwise than by applying. */
export const trackUpdates = (
  call: KubeCall,
  resource: KubeResource,
  subresource?: string,
): ((after: KubeObject, before?: KubeObject) => KubeObject) => {
  const change = changeBy(call, resource, 'Update', subresource);
  return (after, before) => recordUpdate(change, after, before);
};

/** What is wrong with an option of the request. */
export const invalidOption = (field: string, message: string): Fault =>
  new Fault('Invalid', `PatchOptions.meta.k8s.io "" is invalid: ${field}: ${message}`, {
    causes: [{ field, reason: message.startsWith('Required') ? 'FieldValueRequired' : 'FieldValueInvalid', message }],
  });
