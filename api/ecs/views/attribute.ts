import type { Attribute } from '@aws-sdk/client-ecs';
import type { InstanceAttribute } from '#control/attributes/change-attributes.ts';
import { containerInstanceArn } from '#core/model/arn.ts';
import type { Scope } from '#core/model/scope.ts';
import { instanceId } from '../identifiers.ts';

/** An attribute as ECS shows it: an empty value is none. */
export const attributeView = (
  scope: Scope,
  cluster: string,
  { name, value, instanceId: id }: InstanceAttribute,
): Attribute => ({
  name,
  targetId: containerInstanceArn(scope, cluster, id),
  ...(value === '' ? {} : { value }),
});

/** Container instances are the only targets ECS knows, so a request need not say so. Throws InvalidParameter. */
export const readAttributes = (
  scope: Scope,
  cluster: string,
  attributes: readonly Attribute[] | undefined,
): readonly InstanceAttribute[] =>
  (attributes ?? []).map(({ name = '', value = '', targetId }) => ({
    instanceId: instanceId(scope, cluster, targetId),
    name,
    value,
  }));
