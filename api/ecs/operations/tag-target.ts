import type { TaggedResource } from '#control/tags/tagged-resource.ts';
import { Fault } from '#core/fault.ts';
import { parseArn } from '#core/model/arn.ts';
import type { Scope } from '#core/model/scope.ts';
import { parseReference } from '#core/task-definition/reference.ts';
import { arnParts, taskSetId } from '../identifiers.ts';

const NAME = /^[A-Za-z0-9_-]{1,255}$/;

/** Reads the ARN of something that carries tags; only ARNs of the long format do. Throws InvalidParameter. */
export function tagTarget(scope: Scope, text: string | undefined): TaggedResource {
  const type = parseArn(text ?? '')?.resource[0] ?? '';
  const parts = arnParts(scope, type, text ?? '');
  const [first = '', second = ''] = parts;
  if (type !== 'task-definition' && !parts.every((part) => NAME.test(part))) return invalid();
  if (parts.length === 1 && type === 'cluster') return { kind: 'cluster', cluster: first };
  if (parts.length === 1 && type === 'capacity-provider') return { kind: type, name: first };
  if (parts.length === 1 && type === 'task-definition') return definition(first);
  if (parts.length === 2) {
    if (type === 'service') return { kind: type, cluster: first, service: second };
    if (type === 'task') return { kind: type, cluster: first, taskId: second };
    if (type === 'container-instance') return { kind: type, cluster: first, instanceId: second };
  }
  if (parts.length === 4 && type === 'task-set') {
    return { kind: type, cluster: first, service: second, taskSet: taskSetId(scope, first, second, text) };
  }
  return invalid();
}

function definition(text: string): TaggedResource {
  const reference = parseReference(text);
  if (reference?.revision === undefined) return invalid();
  return { kind: 'task-definition', family: reference.family, revision: reference.revision };
}

const invalid = (): never => {
  throw new Fault('InvalidParameter', 'Invalid identifier: the resource ARN names nothing that carries tags.');
};
