import { serviceLimits } from '#core/service/limits.ts';

export interface Percents {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
}

export const PERCENTS: readonly Percents[] = [
  { minimumHealthyPercent: 100, maximumPercent: 200 },
  { minimumHealthyPercent: 50, maximumPercent: 200 },
  { minimumHealthyPercent: 0, maximumPercent: 100 },
  { minimumHealthyPercent: 50, maximumPercent: 100 },
  { minimumHealthyPercent: 50, maximumPercent: 150 },
  { minimumHealthyPercent: 100, maximumPercent: 150 },
];

/** A service that may neither start one more nor stop one can never roll, here as on ECS. */
export const canRoll = (desiredCount: number, percents: Percents): boolean => {
  const { minimum, maximum } = serviceLimits({ ...percents, desiredCount });
  return desiredCount === 0 || maximum > desiredCount || minimum < desiredCount;
};
