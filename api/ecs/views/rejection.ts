import { containerInstanceArn } from '#core/model/arn.ts';
import type { Scope } from '#core/model/scope.ts';
import type { InstanceRejection } from '#core/placement/explain.ts';

/** Why each instance was rejected, with ids as ARNs. */
export const rejectionViews = (scope: Scope, cluster: string, rejections: readonly InstanceRejection[]): object[] =>
  rejections.map(({ instanceId, ...why }) => ({
    containerInstanceArn: containerInstanceArn(scope, cluster, instanceId),
    ...why,
  }));
