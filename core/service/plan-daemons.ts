import type { SlotRecord } from '../model/service.ts';
import type { Timings } from '../timings.ts';
import type { DaemonHost } from './daemon-hosts.ts';
import { planDaemonStarts } from './daemon-starts.ts';
import { dropChunks, isRetired } from './drop-chunks.ts';
import { foldRunning } from './fold-running.ts';
import { serviceLimits } from './limits.ts';
import { earliest, nextHealthy, nextUnprotected } from './next-check.ts';
import { judgeDeployment, planDeployments } from './plan-deployments.ts';
import { healthyStops, planStops, type Spare } from './plan-stops.ts';
import { isUnhealthy, nextUnhealthy, stopUnhealthy } from './plan-unhealthy.ts';
import { ScaleInOrder } from './scale-in-order.ts';
import { outlook } from './service-outlook.ts';
import type { ServicePlan } from './service-plan.ts';
import type { ServiceSnapshot } from './service-snapshot.ts';
import { countPhase, isHealthy, isTaskProtected, isWanted, type PlacedSlot } from './slots.ts';

/**
 * Decides the next step of a service that wants one task on each of its machines.
 * Invariant: an instance gets a task only while no slot pinned to it holds one, stopping or not, of whatever deployment.
 * The slots are read under the version of the service's state, so no machine ever has two. To replace a task is therefore
 * always to stop and then to start; how many machines may be without one at once is what the minimum bounds.
 */
export function planDaemons(
  snapshot: ServiceSnapshot,
  now: number,
  { healthyAfter, minute }: Pick<Timings, 'healthyAfter' | 'minute'>,
): ServicePlan {
  const folded = foldRunning(snapshot, now);
  const wanted = folded.slots.filter(isWanted);
  const homes = homesOf(snapshot.hosts ?? [], wanted);
  const service = { ...snapshot.service, desiredCount: homes.count };
  const counted: ServiceSnapshot = { ...snapshot, service };
  const current = judgeDeployment(counted, folded.slots, healthyAfter, now);
  const isOwn = (slot: PlacedSlot) => slot.deployment === service.deployment.id;
  const primary = folded.slots.filter(isOwn);
  // A failed deployment replaces nothing any more; and where no other could follow, an ill task is better than none.
  const isIll = (slot: PlacedSlot) =>
    current.rolloutState !== 'FAILED' && homes.isReady(slot) && isUnhealthy(service, slot, now);
  // Where no other could follow, an older deployment's task stays for as long as there is one.
  const isGood = (slot: PlacedSlot) => homes.isHome(slot) && (isOwn(slot) || !homes.isReady(slot)) && !isIll(slot);
  const good = wanted.filter(isGood);
  const leaving = wanted.filter((slot) => !isGood(slot));

  const isFailed = current.rolloutState === 'FAILED' && service.status === 'ACTIVE';
  const isStarting = service.status === 'ACTIVE' && !isFailed;
  const { starts, retryAt } = planDaemonStarts({
    deployment: service.deployment.id,
    slots: folded.slots,
    ready: isStarting ? homes.ready : [],
    now,
  });
  const { minimum } = serviceLimits(service);
  const isFit = (slot: PlacedSlot) => isHealthy(slot, healthyAfter, now);
  const spare: Spare = {
    running: countPhase(wanted, 'running') - minimum,
    healthy: wanted.filter(isFit).length - minimum,
  };
  // Who deletes a service has given its protected tasks up, too.
  const isProtected = (slot: PlacedSlot) => service.status === 'ACTIVE' && isTaskProtected(slot, now);
  // A failed deployment replaces nothing any more, but a machine that is to be left is left.
  const leave = isFailed ? leaving.filter((slot) => !homes.isHome(slot)) : leaving.filter((slot) => !isIll(slot));
  const order = new ScaleInOrder(wanted, service.placementStrategy, snapshot.sites);
  const stops = planStops({ desired: service.desiredCount, good, leaving: leave, spare, order, isFit, isProtected });
  const unhealthy = leaving.filter(isIll);
  // Each machine has a replacement of its own, so none waits for another's: the minimum alone says how many go at once.
  const cures = stopUnhealthy(unhealthy, spare.running - healthyStops(stops));
  const deployments = planDeployments(counted, current, folded.slots, isFit, starts.length > 0, now, minute);
  const isRolling = deployments.kept.length > 1 || deployments.kept[0]?.rolloutState === 'IN_PROGRESS';
  const healthyAt = isRolling || leaving.length > 0 ? nextHealthy(primary, healthyAfter, now) : undefined;
  const freeAt = leaving.length > 0 ? nextUnprotected(wanted, now) : undefined;
  const isMoving = starts.length + stops.length + unhealthy.length > 0;
  const nextCheckAt = earliest(retryAt, healthyAt, freeAt, nextUnhealthy(service, wanted, now), deployments.bakedAt);
  const next = {
    ...outlook(counted, folded.slots, deployments.kept, isMoving, nextCheckAt),
    desiredCount: service.desiredCount,
    ...(unhealthy.length > 0 ? { unhealthy: unhealthy.length } : {}),
  };
  // Whatever else was planned was planned for a deployment that is given up: it is planned again for the other one.
  if (next.rollback) return { actions: folded.actions, outlook: next };
  return {
    actions: [
      ...folded.actions,
      ...stops,
      ...cures,
      ...starts,
      ...dropChunks(snapshot.chunks, isRetired(service, deployments.retired)),
    ],
    outlook: next,
  };
}

/** Where the daemon's tasks belong now. */
interface Homes {
  /** Instances that shall have a task, in order. */
  readonly ready: readonly string[];
  /** Those, and the ones that keep the task they have. */
  readonly count: number;
  isHome(slot: Pick<SlotRecord, 'pinnedTo' | 'phase'>): boolean;
  isReady(slot: Pick<SlotRecord, 'pinnedTo'>): boolean;
}

/**
 * An instance that is away, or that empties before its daemons leave, keeps a task that runs. One that does not run yet
 * has nothing to do there: it is withdrawn, and made again when the instance is ready.
 */
function homesOf(hosts: readonly DaemonHost[], wanted: readonly PlacedSlot[]): Homes {
  const states = new Map(hosts.map(({ instanceId, state }) => [instanceId, state]));
  const stateOf = ({ pinnedTo = '' }: Pick<SlotRecord, 'pinnedTo'>) => states.get(pinnedTo);
  const isReady: Homes['isReady'] = (slot) => stateOf(slot) === 'ready';
  const isHome: Homes['isHome'] = (slot) => isReady(slot) || (stateOf(slot) !== undefined && slot.phase === 'running');
  const ready = hosts.flatMap(({ instanceId, state }) => (state === 'ready' ? [instanceId] : [])).sort();
  const keeping = wanted.filter((slot) => isHome(slot) && !isReady(slot));
  return { ready, count: ready.length + keeping.length, isHome, isReady };
}
