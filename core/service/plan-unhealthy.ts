import type { AnyService } from '../model/task-set.ts';
import { firstAfter } from './next-check.ts';
import type { ServiceAction } from './service-plan.ts';
import type { PlacedSlot } from './slots.ts';

/** What a service says of when its tasks are ill. */
type Patient = Pick<AnyService, 'healthCheckGracePeriodSeconds'>;

/** When an UNHEALTHY task begins to count as such: `healthCheckGracePeriodSeconds` after it started. */
const countsFrom = ({ healthCheckGracePeriodSeconds: grace = 0 }: Patient, { runningSince = 0 }: PlacedSlot): number =>
  runningSince + grace * 1_000;

const isSick = ({ phase, health }: PlacedSlot): boolean => phase === 'running' && health?.status === 'UNHEALTHY';

/** Whether a task runs, fails its health check, and has had the time its service gives it. */
export const isUnhealthy = (service: Patient, slot: PlacedSlot, now: number): boolean =>
  isSick(slot) && countsFrom(service, slot) <= now;

/** When the next grace period ends of a task that fails its health check meanwhile. */
export const nextUnhealthy = (service: Patient, slots: readonly PlacedSlot[], now: number): number | undefined =>
  firstAfter(
    now,
    slots.filter(isSick).map((slot) => countsFrom(service, slot)),
  );

interface UnhealthyQuestion {
  readonly desired: number;
  /** Tasks that fail their health checks, of whatever deployment. */
  readonly unhealthy: readonly PlacedSlot[];
  /** How many tasks are healthy. */
  readonly healthy: number;
  /** True when a replacement is on its way: started, or running and not known to be healthy yet. */
  readonly isReplacing: boolean;
  /** True when the maximum forbids a replacement that is needed. */
  readonly isBlocked: boolean;
  /** How many running tasks may stop and leave the minimum of running ones behind. */
  readonly spare: number;
}

/**
 * Stops tasks that fail their health checks, as ECS does: those that healthy ones have replaced already, for a
 * replacement is started first. Where the maximum leaves no room for one, a single task is stopped to make it, and the
 * next only when its replacement is healthy.
 *
 * Invariant S4: an unhealthy task is not among the healthy ones that the minimum protects, so stopping it never costs
 * health, and it needs no healthy task to spare. It does count as running, and minimumHealthyPercent is "a lower limit on
 * the number of tasks that must remain in the RUNNING state", which ECS keeps while it makes room, too. Task protection
 * is against scale-in and deployments; it does not keep a task that is ill.
 */
export function planUnhealthy(question: UnhealthyQuestion): readonly ServiceAction[] {
  const { desired, unhealthy, healthy, isReplacing, isBlocked, spare } = question;
  const replaced = Math.max(0, healthy + unhealthy.length - desired);
  const toMakeRoom = isBlocked && !isReplacing ? 1 : 0;
  return stopUnhealthy(unhealthy, Math.min(Math.max(replaced, toMakeRoom), spare));
}

/** Up to so many of them, the longest ill first; slots decide between equals, so that every worker plans the same. */
export const stopUnhealthy = (unhealthy: readonly PlacedSlot[], count: number): readonly ServiceAction[] =>
  [...unhealthy]
    .sort((a, b) => (a.health?.at ?? 0) - (b.health?.at ?? 0) || a.index - b.index)
    .slice(0, Math.max(0, count))
    .map(({ deployment, index, epoch }) => ({
      kind: 'stop',
      deployment,
      index,
      epoch,
      healthy: true,
      isUnhealthy: true,
    }));
