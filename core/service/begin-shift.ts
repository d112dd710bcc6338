import type { TrafficShift } from '../model/rollout.ts';
import type { Deployment, DeploymentSpec, Service, ServiceState } from '../model/service.ts';
import { hooksAt } from './lifecycle-hooks.ts';

/** A deployment that shifts traffic. */
export type Shifting = Deployment & { readonly shift: TrafficShift };

/**
 * A new deployment that shifts traffic, at its first stage. When more than its source still has tasks, as when it takes the
 * place of one that was under way, these go first, and the traffic with them.
 */
export function beginShift(service: Service, state: ServiceState | undefined, now: number, minute: number): Shifting {
  const known = state?.deployments ?? [];
  const source = sourceOf(known, state?.lastCompleted);
  const stage = known.some(({ id }) => id !== source?.id) ? 'RECONCILE_SERVICE' : 'PRE_SCALE_UP';
  const isFirst = source === undefined;
  const shift: TrafficShift = {
    configuration: service.rollout ?? {},
    ...(isFirst ? {} : { source: source.id }),
    stage,
    stageSince: now,
    hooks: [],
    hooksMet: 0,
    // The router is told that all traffic stays with the source before the first new task starts.
    traffic: { production: 0, test: 0, sequence: (state?.trafficSequence ?? 0) + 1, applied: isFirst },
  };
  const hooks = isFirst ? [] : hooksAt(shift, stage, service.deployment.id, now, minute);
  return {
    ...service.deployment,
    rolloutState: 'IN_PROGRESS',
    updatedAt: now,
    failedTasks: 0,
    shift: { ...shift, hooks, hooksMet: hooks.length },
  };
}

/** The deployment that has the traffic now, or had it before one that never came to its end. */
function sourceOf(known: readonly Deployment[], lastCompleted: DeploymentSpec | undefined): Deployment | undefined {
  const [led] = known;
  if (!led || led.rolloutState === 'COMPLETED') return led;
  const named = (id: string | undefined) => known.find((deployment) => deployment.id === id);
  if (led.shift) return named(led.shift.source);
  return named(lastCompleted?.id) ?? led;
}
