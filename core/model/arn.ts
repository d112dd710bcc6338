import type { Scope } from './scope.ts';

/** ARNs as ECS writes them since the long format became the only one. */
const ecs = (scope: Scope, resource: string): string => `arn:aws:ecs:${scope.region}:${scope.accountId}:${resource}`;

export const clusterArn = (scope: Scope, cluster: string): string => ecs(scope, `cluster/${cluster}`);
export const serviceArn = (scope: Scope, cluster: string, service: string): string =>
  ecs(scope, `service/${cluster}/${service}`);
export const taskSetArn = (scope: Scope, cluster: string, service: string, id: string): string =>
  ecs(scope, `task-set/${cluster}/${service}/${id}`);
export const serviceDeploymentArn = (scope: Scope, cluster: string, service: string, digits: string): string =>
  ecs(scope, `service-deployment/${cluster}/${service}/${digits}`);
export const serviceRevisionArn = (scope: Scope, cluster: string, service: string, digits: string): string =>
  ecs(scope, `service-revision/${cluster}/${service}/${digits}`);
export const taskArn = (scope: Scope, cluster: string, taskId: string): string =>
  ecs(scope, `task/${cluster}/${taskId}`);
export const containerArn = (scope: Scope, cluster: string, taskId: string, containerId: string): string =>
  ecs(scope, `container/${cluster}/${taskId}/${containerId}`);
export const containerInstanceArn = (scope: Scope, cluster: string, instanceId: string): string =>
  ecs(scope, `container-instance/${cluster}/${instanceId}`);
export const taskDefinitionArn = (scope: Scope, family: string, revision: number): string =>
  ecs(scope, `task-definition/${family}:${revision}`);

export const capacityProviderArn = (scope: Scope, name: string): string => ecs(scope, `capacity-provider/${name}`);

const eks = (scope: Scope, resource: string): string => `arn:aws:eks:${scope.region}:${scope.accountId}:${resource}`;

export const eksClusterArn = (scope: Scope, cluster: string): string => eks(scope, `cluster/${cluster}`);
/** `id` tells profiles apart that had the same name one after the other. */
export const fargateProfileArn = (scope: Scope, cluster: string, profile: string, id: string): string =>
  eks(scope, `fargateprofile/${cluster}/${profile}/${id}`);

/** An ECS ARN taken apart; `resource` is what follows the account, split on `/`. */
export interface ParsedArn extends Scope {
  readonly resource: readonly string[];
}

/** Reads an ECS ARN; undefined when the text is not one. Partition names other than `aws` are accepted. */
export function parseArn(text: string): ParsedArn | undefined {
  const [arn, partition, service, region, accountId, ...rest] = text.split(':');
  if (arn !== 'arn' || !partition || service !== 'ecs' || region === undefined || accountId === undefined) {
    return undefined;
  }
  const resource = rest.join(':').split('/');
  return resource.length >= 2 && resource.every((part) => part !== '') ? { region, accountId, resource } : undefined;
}
