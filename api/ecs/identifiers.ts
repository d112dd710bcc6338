import { Fault } from '#core/fault.ts';
import { parseArn } from '#core/model/arn.ts';
import type { Scope } from '#core/model/scope.ts';
import { parseReference } from '#core/task-definition/reference.ts';

/** Short names and ARNs, wherever ECS accepts either. Every function throws InvalidParameter, in ECS's words. */

const NAME = /^[A-Za-z0-9_-]{1,255}$/;

/** A cluster's name; an absent one means `default`. */
export function clusterName(scope: Scope, text: string | undefined): string {
  if (text === undefined || text === '') return 'default';
  const name = text.startsWith('arn:') ? arnParts(scope, 'cluster', text).join('/') : text;
  return NAME.test(name) ? name : invalid('Invalid identifier: the cluster is neither a name nor a cluster ARN.');
}

/** Also one there is not: what names nothing is reported, what cannot be a name is refused. */
export function capacityProviderName(scope: Scope, text: string | undefined): string {
  const name = text?.startsWith('arn:') ? arnParts(scope, 'capacity-provider', text).join('/') : (text ?? '');
  return NAME.test(name) ? name : invalid('Invalid identifier: the capacity provider is neither a name nor an ARN.');
}

export const serviceName = (scope: Scope, cluster: string, text: string | undefined): string =>
  memberName(scope, 'service', cluster, text);

/** Task ids have 32 hex digits now and were UUIDs once. */
export const taskId = (scope: Scope, cluster: string, text: string | undefined): string =>
  hexId(memberName(scope, 'task', cluster, text), 'taskId');

export const instanceId = (scope: Scope, cluster: string, text: string | undefined): string =>
  hexId(memberName(scope, 'container-instance', cluster, text), 'containerInstanceId');

/** `ecs-svc/<digits>`: of the two parts an ARN of it ends with, or those alone. */
export function taskSetId(scope: Scope, cluster: string, service: string, text: string | undefined): string {
  const parts = text?.startsWith('arn:') ? arnParts(scope, 'task-set', text) : [cluster, service, text ?? ''];
  const id = parts.slice(2).join('/');
  const isOwn = parts[0] === cluster && parts[1] === service;
  return isOwn && /^ecs-svc\/\d{1,19}$/.test(id) ? id : invalid('Task Set Identifier is invalid');
}

/** Whose setting it is: a user, a role or the root of this account; undefined when the request names nobody. */
export function settingPrincipal({ accountId }: Scope, text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const [, account, resource] =
    /^arn:aws[a-z-]*:iam::(\d{12}):(root|(?:user|role)\/[\w+=,.@/-]{1,512})$/.exec(text) ?? [];
  if (account === undefined) return invalid('Invalid identifier: the principal is no user, role or root ARN.');
  if (account !== accountId) return invalid(`Identifier is for ${account}. Your accountId is ${accountId}`);
  return `arn:aws:iam::${account}:${resource}`;
}

/** `family` or `family:revision`. */
export function definitionName(scope: Scope, text: string | undefined): string {
  const name = text?.startsWith('arn:') ? arnParts(scope, 'task-definition', text).join('/') : (text ?? '');
  return parseReference(name) ? name : invalid(`Invalid identifier: '${name.slice(0, 100)}' is no task definition.`);
}

function memberName(scope: Scope, type: string, cluster: string, text: string | undefined): string {
  const name = text?.startsWith('arn:') ? inCluster(cluster, arnParts(scope, type, text)) : (text ?? '');
  return NAME.test(name) ? name : invalid(`Invalid identifier: '${name.slice(0, 100)}' is no ${type}.`);
}

/** ARNs of the old format have no cluster part, so nothing can be wrong with it. */
function inCluster(cluster: string, parts: readonly string[]): string {
  const [first = '', second] = parts;
  if (second === undefined) return first;
  if (first !== cluster) invalid(`Identifier is for ${first}. Your cluster is ${cluster}`);
  return parts.slice(1).join('/');
}

/** What follows the resource type in an ARN of this account and region. */
export function arnParts(scope: Scope, type: string, text: string): readonly string[] {
  const arn = parseArn(text);
  if (!arn) return invalid('Invalid identifier: Invalid arn syntax.');
  const [actualType, ...parts] = arn.resource;
  if (actualType !== type) return invalid(`Invalid identifier: Unexpected resource type, expected ${type}.`);
  if (arn.region !== scope.region) return invalid(`Identifier is for ${arn.region}. Your region is ${scope.region}`);
  if (arn.accountId !== scope.accountId) {
    return invalid(`Identifier is for ${arn.accountId}. Your accountId is ${scope.accountId}`);
  }
  return parts;
}

const hexId = (text: string, name: string): string =>
  /^([0-9a-f]{32}|[0-9a-f-]{36})$/.test(text) ? text : invalid(`${name} length should be one of [32,36]`);

const invalid = (message: string): never => {
  throw new Fault('InvalidParameter', message);
};
