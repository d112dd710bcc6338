import { Fault } from '../fault.ts';
import type { Service } from '../model/service.ts';

/** Members a daemon never keeps, so that only the request tells of them. */
type Asked = Partial<Pick<Service, 'desiredCount' | 'availabilityZoneRebalancing'>>;

/** Throws InvalidParameter for what a daemon service can not have, in ECS's words where they are known. */
export function requireDaemon(
  { deployment, placementStrategy, maximumPercent, rollout }: Service,
  { desiredCount, availabilityZoneRebalancing }: Asked,
): void {
  if (desiredCount !== undefined) {
    refuse(
      'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again',
    );
  }
  if (placementStrategy.length > 0) {
    refuse(
      'The daemon scheduling strategy does not support placement strategies. Remove the placement strategy and try again',
    );
  }
  if (maximumPercent !== 100) {
    const side = maximumPercent > 100 ? 'above' : 'below';
    refuse(
      `The daemon scheduling strategy does not support values ${side} 100 for maximumPercent on a deployment configuration. Change the maximumPercent value to 100, and try again`,
    );
  }
  // A cluster's default strategy counts, too: with a launch type of its own a service does not have it.
  if (deployment.capacityProviderStrategy) {
    refuse(
      'Specifying a capacity provider strategy is not supported when you create a service using the DAEMON scheduling strategy.',
    );
  }
  if (deployment.launchType === 'FARGATE') {
    refuse('The daemon scheduling strategy does not support the FARGATE launch type. Use the launch type EC2.');
  }
  const strategy = rollout?.strategy ?? 'ROLLING';
  if (strategy !== 'ROLLING') refuse(`The daemon scheduling strategy does not support ${strategy} deployments.`);
  if (availabilityZoneRebalancing === 'ENABLED') {
    refuse(
      'The daemon scheduling strategy does not support Availability Zone rebalancing. Set availabilityZoneRebalancing to DISABLED.',
    );
  }
}

const refuse = (message: string): never => {
  throw new Fault('InvalidParameter', message);
};
