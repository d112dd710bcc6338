import type { CapacityProvider } from '#control/ports.ts';

/** For installations whose machines are all registered by hand: no cluster has a policy, so nothing is ever launched. */
export function createNoCapacity(): CapacityProvider {
  return {
    policy: () => undefined,
    list: async () => [],
    launch: async () => {},
    terminate: async () => {},
  };
}
