import { Fault } from '../fault.ts';
import type { CapacityProviderStrategy } from '../model/capacity-provider.ts';

/** Providers that every account has, and that nobody can make, change or delete. */
export const FARGATE_PROVIDERS: readonly string[] = ['FARGATE', 'FARGATE_SPOT'];

export const isFargateProvider = (name: string): boolean => FARGATE_PROVIDERS.includes(name);

/** Throws InvalidParameter unless a cluster with these providers may have the strategy as its default. */
export function checkStrategy(strategy: CapacityProviderStrategy, associated: readonly string[]): void {
  const names = strategy.map(({ capacityProvider }) => capacityProvider);
  if (new Set(names).size < names.length) invalid('A capacity provider strategy cannot name a provider twice.');
  if (names.some((name) => !associated.includes(name))) {
    invalid(
      'The specified capacity provider strategy contains a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.',
    );
  }
  if (new Set(names.map(isFargateProvider)).size > 1) {
    invalid(
      'A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate providers. Specify one or the other and try again.',
    );
  }
  if (strategy.filter(({ base }) => base > 0).length > 1) {
    invalid('Only one capacity provider in a capacity provider strategy can have a base value.');
  }
}

/** Throws InvalidParameter unless tasks can be started with the strategy in a cluster with these providers. */
export function checkUsableStrategy(strategy: CapacityProviderStrategy, associated: readonly string[]): void {
  checkStrategy(strategy, associated);
  if (strategy.every(({ weight }) => weight === 0)) {
    invalid('At least one capacity provider in the capacity provider strategy must have a weight greater than 0.');
  }
}

const invalid = (message: string): never => {
  throw new Fault('InvalidParameter', message);
};
