import type { Rebalance } from '../model/service.ts';
import type { ServiceLimits } from './limits.ts';
import type { RebalanceNews } from './rebalance-messages.ts';
import type { ServiceAction } from './service-plan.ts';
import { type ServiceSnapshot, slotName } from './service-snapshot.ts';
import { type Sites, zoneOf } from './sites.ts';
import type { PlacedSlot } from './slots.ts';
import { countIn, isEven, isUneven, mostIn, type ZoneCount, zoneCounts } from './zone-counts.ts';
import { isRebalanced } from './zone-rebalancing.ts';

interface RebalanceQuestion {
  readonly snapshot: ServiceSnapshot;
  readonly now: number;
  /** How long nothing is moved after a move that did not help. */
  readonly restFor: number;
  /** The service's own slots, and those of them that hold a wanted task. */
  readonly primary: readonly PlacedSlot[];
  readonly good: readonly PlacedSlot[];
  /** True when tasks start or leave for another reason. */
  readonly isBusy: boolean;
  readonly limits: ServiceLimits;
  readonly isFit: (slot: PlacedSlot) => boolean;
  readonly isProtected: (slot: PlacedSlot) => boolean;
  /** The start of one task above the desired count; empty when the maximum forbids it. */
  readonly startOneMore: () => readonly ServiceAction[];
}

/** What rebalancing adds to a service's plan. */
export interface RebalancePlan {
  readonly starts: readonly ServiceAction[];
  /** How many tasks above the desired count stay for now. */
  readonly extra: number;
  /** Where rebalancing stands afterwards; absent when it has nothing to do. */
  readonly rebalance?: Rebalance;
  readonly news?: RebalanceNews;
}

/**
 * Keeps a steady service's tasks even over zones: one task more in the zone placement would choose anyway, and when it
 * is healthy one less, which the scale-in order takes from the zone that holds most.
 * Invariant: a move begins only when it makes the zones more even, so a service stops moving after as many moves as it
 * has tasks too many in one zone; a move that ends elsewhere, because the fleet changed under it, is followed by a rest.
 */
export function planRebalance(question: RebalanceQuestion): RebalancePlan {
  const { service, state } = question.snapshot;
  const last = state?.rebalance;
  const isMine = isRebalanced(service) && service.status === 'ACTIVE' && state?.generation === service.generation;
  if (!isMine || question.isBusy) return keep(last?.kind === 'resting' ? last : undefined);
  if (last?.kind === 'moving') return goOn(question, last);
  if (!isCalm(question)) return keep(last);
  return look(question, last);
}

const keep = (rebalance: Rebalance | undefined): RebalancePlan => ({
  starts: [],
  extra: 0,
  ...(rebalance ? { rebalance } : {}),
});

/** A replacement is on its way. */
function goOn(question: RebalanceQuestion, last: Extract<Rebalance, { kind: 'moving' }>): RebalancePlan {
  const { snapshot, good, isFit } = question;
  const replacement = good.find((slot) => slotName(slot) === last.replacement);
  if (!replacement) return keep(rest(question));
  if (good.length <= snapshot.service.desiredCount) return keep({ kind: 'settling' });
  const isStuck = replacement.phase === 'started' && snapshot.unplaced.length > 0;
  if (isStuck || !isWhereItHelps(replacement, question)) return keep(rest(question));
  return isFit(replacement) ? keep({ kind: 'settling' }) : { ...keep(last), extra: 1 };
}

/** False when placement, which knew better by then, put the replacement where it makes nothing more even. */
function isWhereItHelps(replacement: PlacedSlot, { snapshot: { sites }, good }: RebalanceQuestion): boolean {
  const at = sites?.tasks.get(slotName(replacement));
  if (!sites || !at) return true;
  const counts = zoneCounts(good, sites);
  return isUneven(counts, countIn(counts, zoneOf(at.site)) - 1);
}

/** True when nothing else is going on: every task that is desired runs and is healthy. */
function isCalm({ snapshot: { service, state }, primary, good, isFit, now }: RebalanceQuestion): boolean {
  const [deployment, ...others] = state?.deployments ?? [];
  const isSettled = deployment?.rolloutState === 'COMPLETED' && others.length === 0;
  const isBackingOff = primary.some(({ phase, notBefore = 0 }) => phase === 'empty' && notBefore > now);
  return isSettled && !isBackingOff && good.length === service.desiredCount && good.every(isFit);
}

function look(question: RebalanceQuestion, last: Exclude<Rebalance, { kind: 'moving' }> | undefined): RebalancePlan {
  const { snapshot, good, now } = question;
  const { sites } = snapshot;
  if (last?.kind === 'resting' && last.until > now) return keep(last);
  const isSettling = last?.kind === 'settling';
  if (!sites) return keep(isSettling ? undefined : last);
  // A task that is not found is counted nowhere: then the counts say nothing.
  if (!good.every((slot) => sites.tasks.has(slotName(slot)))) return keep(isSettling ? rest(question) : last);
  const counts = zoneCounts(good, sites);
  const move = planMove(question, sites, counts, !isSettling);
  if (move) return move;
  if (!isSettling) return keep(last);
  // Zones that have no room do not count: what placement can reach is even.
  const isDone = sites.nextZone === undefined ? isEven(counts) : !isUneven(counts, countIn(counts, sites.nextZone));
  return isDone ? { ...keep(undefined), news: { kind: 'completed', counts } } : keep(rest(question));
}

/** The next move, when it is sure to help. */
function planMove(
  { good, limits, snapshot, isProtected, startOneMore }: RebalanceQuestion,
  sites: Sites,
  counts: readonly ZoneCount[],
  isFirst: boolean,
): RebalancePlan | undefined {
  const to = sites.nextZone;
  if (to === undefined || !isUneven(counts, countIn(counts, to))) return undefined;
  const isLeavable = (slot: PlacedSlot) =>
    !isProtected(slot) && countIn(counts, zoneOfSlot(slot, sites)) === mostIn(counts);
  if (limits.minimum > snapshot.service.desiredCount || !good.some(isLeavable)) return undefined;
  const [start] = startOneMore();
  if (start?.kind !== 'start') return undefined;
  return {
    starts: [start],
    extra: 1,
    rebalance: { kind: 'moving', replacement: slotName(start) },
    news: { kind: 'started', counts, to, isFirst },
  };
}

/** Where tasks that stop were, when they stop because their replacements are there. */
export function stopNews(
  { rebalance, extra }: RebalancePlan,
  stops: readonly ServiceAction[],
  sites: Sites | undefined,
): RebalanceNews | undefined {
  const [stop] = stops;
  if (rebalance?.kind !== 'settling' || extra > 0 || stop?.kind !== 'stop') return undefined;
  const at = sites?.tasks.get(slotName(stop));
  return at && { kind: 'stopped', from: zoneOf(at.site) };
}

const zoneOfSlot = (slot: PlacedSlot, { tasks }: Sites): string => {
  const at = tasks.get(slotName(slot));
  return at ? zoneOf(at.site) : '';
};

const rest = ({ now, restFor }: RebalanceQuestion): Rebalance => ({ kind: 'resting', until: now + restFor });
