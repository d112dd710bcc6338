import type { Service } from '../model/service.ts';

/** How many tasks a service may and must have at once. Rounding as in the ECS developer guide: floor up, ceil down. */
export interface ServiceLimits {
  /** Most tasks wanted RUNNING, over all deployments. */
  readonly maximum: number;
  /** Fewest healthy tasks a voluntary stop may leave. */
  readonly minimum: number;
}

type Bounds = Pick<Service, 'desiredCount' | 'minimumHealthyPercent' | 'maximumPercent'>;

export const serviceLimits = (service: Bounds): ServiceLimits => ({
  maximum: Math.floor((service.desiredCount * service.maximumPercent) / 100),
  minimum: Math.ceil((service.desiredCount * service.minimumHealthyPercent) / 100),
});
