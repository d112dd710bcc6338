import { assertNever } from '../assert-never.ts';
import type { CircuitBreaker, Deployment } from '../model/service.ts';

const DEFAULT_THRESHOLD = { type: 'BOUNDED_PERCENT', value: 50 } as const;
const LEAST = 3;
const MOST = 200;

/** How many failures a deployment may have: `ThresholdConfiguration` of the ECS API, over the newest desired count. */
export function failureThreshold(breaker: CircuitBreaker, desiredCount: number): number {
  const { type, value } = breaker.threshold ?? DEFAULT_THRESHOLD;
  const share = Math.ceil((desiredCount * value) / 100);
  switch (type) {
    case 'COUNT':
      return value;
    case 'BOUNDED_PERCENT':
      return Math.min(MOST, Math.max(LEAST, share));
    case 'UNBOUNDED_PERCENT':
      return Math.max(1, share);
    default:
      return assertNever(type);
  }
}

/** What a deployment's slots say about it now. */
export interface Health {
  /** Failures, since it began, of tasks that were not healthy yet, or not any more. */
  readonly failedEarly: number;
  /** When a task of it last became healthy; 0 when none ever did. */
  readonly lastHealthyAt: number;
}

/** The failures that count: those after the newest task that became healthy. */
export function countedFailures({ forgiven }: Pick<Deployment, 'forgiven'>, { failedEarly }: Health): number {
  return Math.max(0, failedEarly - (forgiven?.failures ?? 0));
}

/** Forgives what failed before a task became healthy. Changes nothing when there is nothing to forgive. */
export function forgive(deployment: Deployment, breaker: CircuitBreaker, health: Health): Deployment {
  const isNews = health.lastHealthyAt > (deployment.forgiven?.at ?? 0) && countedFailures(deployment, health) > 0;
  if (!isNews || breaker.resetOnHealthyTask === false) return deployment;
  return { ...deployment, forgiven: { failures: health.failedEarly, at: health.lastHealthyAt } };
}

/**
 * Fails a deployment that is still in progress once its tasks failed as often as the breaker allows. A task counts that
 * never ran, that was stopped because its health check failed, or that ended by its own fault before it was healthy:
 * the last of these ECS does not count.
 */
export function trip(deployment: Deployment, breaker: CircuitBreaker, health: Health, desired: number): Deployment {
  const isOpen = deployment.rolloutState === 'IN_PROGRESS' && breaker.enable;
  if (!isOpen || countedFailures(deployment, health) < failureThreshold(breaker, desired)) return deployment;
  return { ...deployment, rolloutState: 'FAILED', failure: 'tasks failed to start.' };
}
