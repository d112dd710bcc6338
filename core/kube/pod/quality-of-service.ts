import type { JsonObject } from '../../json.ts';
import { objectAt } from '../object.ts';
import { parseQuantity } from '../quantity.ts';

export type QualityOfService = 'Guaranteed' | 'Burstable' | 'BestEffort';

const RESOURCES = ['cpu', 'memory'];

/**
 * The class Kubernetes gives a pod: Guaranteed when each container limits and asks for the same of CPU and memory, BestEffort when none
 * says anything, Burstable else.
 */
export function qualityOfService(containers: readonly JsonObject[]): QualityOfService {
  const said = containers.map(({ resources }) => {
    const { requests, limits } = objectAt(resources);
    return { requests: objectAt(requests), limits: objectAt(limits) };
  });
  const isSilent = said.every(({ requests, limits }) =>
    RESOURCES.every((name) => isNothing(requests[name]) && isNothing(limits[name])),
  );
  if (isSilent) return 'BestEffort';
  const isEqual = said.every(({ requests, limits }) =>
    RESOURCES.every((name) => {
      const limit = parseQuantity(limits[name]);
      return limit !== undefined && limit > 0n && parseQuantity(requests[name] ?? limits[name]) === limit;
    }),
  );
  return isEqual ? 'Guaranteed' : 'Burstable';
}

const isNothing = (amount: unknown): boolean => (parseQuantity(amount) ?? 0n) === 0n;
