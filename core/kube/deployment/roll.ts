import type { DeploymentSpec } from './deployment.ts';
import { oldestFirst, type SetStanding, type Target, total } from './set-standing.ts';

/** How many pods the ReplicaSets of a rollout ask for next. */
export interface Rollout {
  /** Of the newest template. */
  readonly current: number;
  /** Old ReplicaSets that ask for another number from now on. */
  readonly old: readonly Target[];
}

type Current = Pick<SetStanding, 'replicas' | 'available'>;

/**
 * The next step of a rolling update: pods of the new template as far as the maximum leaves room, and of the old ones fewer as far as
 * those that are available bear it; old pods that are not available anyway go first.
 * Invariant: no more pods are asked for than the maximum, and what is taken away leaves the minimum available.
 */
export function roll(
  { replicas, limits }: Pick<DeploymentSpec, 'replicas' | 'limits'>,
  current: Current,
  sets: readonly SetStanding[],
): Rollout {
  const old = [...sets].sort((a, b) => oldestFirst(a.set, b.set));
  const asked = current.replicas + total(old);
  const room = Math.max(0, limits.maximum - asked);
  const next = Math.min(replicas, current.replicas + room);
  const unavailable = Math.max(0, next - current.available);
  const removable = next + total(old) - limits.minimum - unavailable;
  if (removable <= 0) return { current: next, old: [] };
  const healthy = takeFrom(old, removable, ({ replicas: count, available }) => count - available);
  const available = Math.min(current.available, next) + healthy.reduce((sum, one) => sum + one.available, 0);
  const left = takeFrom(healthy, available - limits.minimum, ({ replicas: count }) => count);
  return { current: next, old: changed(old, left) };
}

/** The old pods go first; only when the last of them is gone do new ones come. */
export function recreate(
  { replicas }: Pick<DeploymentSpec, 'replicas'>,
  current: Current,
  old: readonly SetStanding[],
  hasOldPods: boolean,
): Rollout {
  const isClear = total(old) === 0 && !hasOldPods;
  const left = old.map((one) => ({ ...one, replicas: 0, available: 0 }));
  return { current: isClear ? replicas : Math.min(replicas, current.replicas), old: changed(old, left) };
}

/** Takes up to `count` pods away, from each set as many as `spare` says it may give, in order. */
function takeFrom(
  sets: readonly SetStanding[],
  count: number,
  spare: (set: SetStanding) => number,
): readonly SetStanding[] {
  let rest = Math.max(0, count);
  return sets.map((one) => {
    const taken = Math.min(rest, Math.max(0, spare(one)));
    rest -= taken;
    const replicas = one.replicas - taken;
    return { ...one, replicas, available: Math.min(one.available, replicas) };
  });
}

const changed = (before: readonly SetStanding[], after: readonly SetStanding[]): readonly Target[] =>
  after.flatMap(({ set, replicas }, index) => (before[index]?.replicas === replicas ? [] : [{ set, to: replicas }]));
