import type { DeploymentSpec } from './deployment.ts';
import { revisionOf, scaledFor } from './revision.ts';
import { oldestFirst, type SetStanding, type Target, total } from './set-standing.ts';

/** True when the Deployment asks for another number of pods than its ReplicaSets were last scaled for. */
export const isScaled = ({ replicas }: Pick<DeploymentSpec, 'replicas'>, sets: readonly SetStanding[]): boolean =>
  sets.some(({ set, replicas: count }) => {
    const { desired } = scaledFor(set);
    return count > 0 && desired !== undefined && desired !== replicas;
  });

/**
 * How many pods each ReplicaSet asks for after the Deployment was scaled, also in the middle of a rollout (Kubernetes: proportional
 * scaling): a lone one gets all, several share what is added or taken in proportion to their size. Sets that stay as they are are
 * named, too, for they are marked with what they were scaled for.
 */
export function shareOutScale(
  spec: Pick<DeploymentSpec, 'replicas' | 'limits' | 'isRolling'>,
  current: SetStanding | undefined,
  old: readonly SetStanding[],
): readonly Target[] {
  const { replicas } = spec;
  const all = [...(current ? [current] : []), ...old];
  const active = all.filter((one) => one.replicas > 0);
  const lone = active.length > 1 ? undefined : (active[0] ?? current ?? newest(old));
  if (lone) return [{ set: lone.set, to: replicas }];
  if (current && isSaturated(current, replicas)) {
    const others = active.filter(({ set }) => set !== current.set);
    return [{ set: current.set, to: replicas }, ...others.map(({ set }) => ({ set, to: 0 }))];
  }
  return spec.isRolling ? proportional(spec, active) : active.map(({ set, replicas: to }) => ({ set, to }));
}

const newest = (sets: readonly SetStanding[]): SetStanding | undefined =>
  [...sets].sort((a, b) => revisionOf(b.set) - revisionOf(a.set) || oldestFirst(b.set, a.set))[0];

/** The new pods are all there: the old ones are only in the way. */
const isSaturated = ({ set, replicas, available }: SetStanding, wanted: number): boolean =>
  replicas === wanted && available === wanted && (scaledFor(set).desired ?? wanted) === wanted;

function proportional(
  { replicas, limits }: Pick<DeploymentSpec, 'replicas' | 'limits'>,
  active: readonly SetStanding[],
): readonly Target[] {
  const allowed = replicas > 0 ? limits.maximum : 0;
  const change = allowed - total(active);
  const grows = change > 0;
  // The largest gets what rounding leaves over; among equals the newer grows and the older shrinks.
  const order = [...active].sort(
    (a, b) => b.replicas - a.replicas || (grows ? oldestFirst(b.set, a.set) : oldestFirst(a.set, b.set)),
  );
  let done = 0;
  const shares = order.map((one) => {
    const rest = change - done;
    const wanted = replicas === 0 ? -one.replicas : fraction(one, limits.maximum, total(active));
    const share = grows ? Math.max(0, Math.min(wanted, rest)) : Math.min(0, Math.max(wanted, rest));
    done += share;
    return { set: one.set, to: one.replicas + share };
  });
  return shares.map(({ set, to }, index) => ({ set, to: index === 0 ? Math.max(0, to + change - done) : to }));
}

/** What a ReplicaSet gains or loses when it keeps its share of the maximum it was scaled for. */
function fraction({ set, replicas }: SetStanding, maximum: number, asked: number): number {
  const before = scaledFor(set).maximum || asked;
  return Math.round((replicas * maximum) / before) - replicas;
}
