import type { DeploymentSpec, Service } from '#core/model/service.ts';

/** A deployment with ECS-like defaults. */
export const aDeployment = (overrides: Partial<DeploymentSpec> = {}): DeploymentSpec => ({
  id: 'ecs-svc/1',
  definition: { family: 'web', revision: 1 },
  launchType: 'EC2',
  createdAt: 0,
  ...overrides,
});

/** A service with ECS's defaults for a REPLICA service. */
export const aService = (overrides: Partial<Service> = {}): Service => ({
  cluster: 'default',
  name: 'web',
  status: 'ACTIVE',
  generation: 1,
  scheduler: 'replicas',
  desiredCount: 1,
  deployment: aDeployment(),
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  placementConstraints: [],
  placementStrategy: [],
  enableExecuteCommand: false,
  enableECSManagedTags: false,
  echo: {},
  tags: [],
  createdAt: 0,
  createdBy: 'arn:aws:iam::000000000000:user/test',
  ...overrides,
});
