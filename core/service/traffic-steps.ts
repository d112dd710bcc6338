import type { RolloutConfiguration } from '../model/rollout.ts';
import { strategyOf } from './rollout-rules.ts';

const DEFAULT_STEP = { percent: 10, bakeMinutes: 6 };
const DEFAULT_CANARY = { percent: 5, bakeMinutes: 10 };

/** The production share after the next step, in percent. */
export function nextShare(rollout: RolloutConfiguration, share: number): number {
  switch (strategyOf(rollout)) {
    case 'LINEAR':
      return Math.min(100, inTenths(share + (rollout.linearConfiguration?.stepPercent ?? DEFAULT_STEP.percent)));
    case 'CANARY':
      return share === 0 ? (rollout.canaryConfiguration?.canaryPercent ?? DEFAULT_CANARY.percent) : 100;
    default:
      return 100;
  }
}

/** How long a step lasts before the next one. */
export function stepBakeMinutes({ strategy, linearConfiguration, canaryConfiguration }: RolloutConfiguration): number {
  if (strategy === 'LINEAR') return linearConfiguration?.stepBakeTimeInMinutes ?? DEFAULT_STEP.bakeMinutes;
  return strategy === 'CANARY' ? (canaryConfiguration?.canaryBakeTimeInMinutes ?? DEFAULT_CANARY.bakeMinutes) : 0;
}

/** Shares are multiples of a tenth, which binary fractions only come near to. */
const inTenths = (share: number): number => Math.round(share * 10) / 10;

/** What is left for the source, in percent. */
export const restOfTraffic = (share: number): number => inTenths(100 - share);
