import type { FieldCause } from '../../../fault.ts';
import type { Json } from '../../../json.ts';
import { isObject, objectAt } from '../../object.ts';
import { oneOf, texts, wholeNumber, wrongType } from './check-values.ts';

const MAX_ID = 2 ** 31 - 1;
const SECCOMP_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const FLAGS = ['runAsNonRoot', 'privileged', 'allowPrivilegeEscalation', 'readOnlyRootFilesystem'];

/** Who a pod, or one of its containers, runs as and what it may do. */
export function checkSecurityContext(context: Json | undefined, path: string): readonly FieldCause[] {
  if (context === undefined || context === null) return [];
  if (!isObject(context)) return [wrongType(path, 'an object')];
  const { type } = objectAt(context['seccompProfile']);
  const { add, drop } = objectAt(context['capabilities']);
  return [
    ...['runAsUser', 'runAsGroup', 'fsGroup'].flatMap((name) =>
      wholeNumber(context[name], `${path}.${name}`, 0, MAX_ID),
    ),
    ...FLAGS.flatMap((name) => {
      const value = context[name];
      return value === undefined || value === null || typeof value === 'boolean'
        ? []
        : [wrongType(`${path}.${name}`, 'true or false')];
    }),
    ...(type === undefined ? [] : oneOf(type, `${path}.seccompProfile.type`, SECCOMP_TYPES)),
    ...texts(add, `${path}.capabilities.add`),
    ...texts(drop, `${path}.capabilities.drop`),
  ];
}
