import type { TrafficSplit } from '../model/rollout.ts';
import type { Deployment, DeploymentSpec } from '../model/service.ts';
import type { Timings } from '../timings.ts';
import { nextShiftAt } from './advance-shift.ts';
import { beginShift, type Shifting } from './begin-shift.ts';
import { judgeShift, type ShiftVerdict } from './judge-shift.ts';
import { judgeDeployment } from './plan-deployments.ts';
import { planRevision, type RevisionPlan } from './plan-revision.ts';
import { newestCompleted } from './rollback.ts';
import { shiftsTraffic } from './rollout-rules.ts';
import type { ServicePlan } from './service-plan.ts';
import type { ServiceSnapshot } from './service-snapshot.ts';
import { isWanted, slotsOf } from './slots.ts';
import { restOfTraffic } from './traffic-steps.ts';

type ShiftTimings = Pick<Timings, 'healthyAfter' | 'minute' | 'balance'>;

/** The deployments of one service while one of them shifts traffic. */
interface Revisions {
  readonly target: Shifting;
  readonly source: Deployment | undefined;
  /** Left from before: they are stopped first. */
  readonly others: readonly Deployment[];
}

/** The plans for their tasks. */
interface RevisionPlans {
  readonly target: RevisionPlan;
  readonly source: RevisionPlan | undefined;
  readonly others: readonly RevisionPlan[];
}

/**
 * True while the service's deployment runs beside its predecessor, also when it was given up there; before and after that its
 * tasks are replicas like any.
 */
export function isShifting({ service, state }: ServiceSnapshot): boolean {
  if (service.status !== 'ACTIVE') return false;
  const current = state?.deployments.find(({ id }) => id === service.deployment.id);
  if (!current) return shiftsTraffic(service.rollout);
  const isGivenUp = current.rolloutState === 'FAILED' && current.shift?.source !== undefined;
  return hasShift(current) && (current.rolloutState === 'IN_PROGRESS' || isGivenUp);
}

const hasShift = (deployment: Deployment): deployment is Shifting => deployment.shift !== undefined;

/**
 * Decides the next step of a blue/green, linear or canary deployment. Both revisions have the full desired count
 * (maximumPercent bounds the repair of each, not their sum), and the source keeps it until the bake time is over, so that
 * going back never waits for a task.
 */
export function planShifts(snapshot: ServiceSnapshot, now: number, timings: ShiftTimings): ServicePlan {
  const { service, state } = snapshot;
  const known = state?.deployments ?? [];
  const [led] = known;
  const isBaked = led?.rolloutState === 'IN_PROGRESS' && led.shift?.stage === 'CLEAN_UP';
  if (led && isBaked && led.id !== service.deployment.id) return overtaken(known, led, now);
  const target = known.filter(hasShift).find(({ id }) => id === service.deployment.id);
  const begun = target ?? beginShift(service, state, now, timings.minute);
  const source = known.find(({ id }) => id === begun.shift.source);
  const others = known.filter(({ id }) => id !== begun.id && id !== source?.id);
  const revisions = { target: begun, source, others };
  const plans = planTasks(snapshot, revisions, now, timings);
  const judged = judgeDeployment(snapshot, slotsOf(snapshot.chunks), timings.healthyAfter, now);
  const verdict = judgeShift(service, begun.shift, judged, source && specOf(source), {
    deployment: begun.id,
    isHealthy: mayStart(begun) && plans.target.isWhole,
    isReconciled: others.every((deployment) => !isOccupied(snapshot, deployment)),
    now,
    minute: timings.minute,
  });
  const after = settle(begun, judged, plans.target.deployment.failedTasks, verdict, now);
  const isOver =
    after.shift.stage === 'CLEAN_UP' && [source, ...others].every((one) => !one || !isOccupied(snapshot, one));
  const done: Shifting = isOver ? { ...after, rolloutState: 'COMPLETED', updatedAt: now } : after;
  return assemble(snapshot, revisions, plans, done, verdict, now, timings);
}

/** The deployment after this step; the same object while nothing changes. */
function settle(
  before: Shifting,
  judged: Deployment,
  failedTasks: number,
  verdict: ShiftVerdict,
  now: number,
): Shifting {
  const { shift, failure } = verdict;
  const { forgiven } = judged;
  const isSame = shift === before.shift && failedTasks === before.failedTasks && forgiven === before.forgiven;
  if (isSame && failure === before.failure) return before;
  return {
    ...before,
    shift,
    failedTasks,
    updatedAt: now,
    ...(forgiven ? { forgiven } : {}),
    ...(failure === undefined ? {} : { rolloutState: 'FAILED', failure }),
  };
}

/** The bake time of a deployment was over when the next one was asked for: it is complete, and the next one replaces it. */
const overtaken = (known: readonly Deployment[], led: Deployment, now: number): ServicePlan => ({
  actions: [],
  outlook: {
    deployments: known.map((deployment) =>
      deployment === led ? { ...led, rolloutState: 'COMPLETED', updatedAt: now } : deployment,
    ),
    lastCompleted: specOf(led),
    steady: false,
    ended: false,
    nextCheckAt: now,
  },
});

/** What a deployment wants, without how it fares. */
function specOf(deployment: Deployment): DeploymentSpec {
  const { rolloutState: _state, updatedAt: _at, failedTasks: _count, ...rest } = deployment;
  const { failure: _failure, forgiven: _forgiven, bakingSince: _baking, shift: _shift, ...spec } = rest;
  return spec;
}

const isOccupied = ({ chunks }: ServiceSnapshot, { id }: Deployment): boolean =>
  chunks.some((chunk) => chunk.deployment === id && chunk.slots.some(({ phase }) => phase !== 'empty'));

/** Before that it has no tasks, and is not whole for having as many as it may. */
const mayStart = ({ shift: { stage } }: Shifting): boolean => stage !== 'RECONCILE_SERVICE' && stage !== 'PRE_SCALE_UP';

/** A deployment that was given up keeps what it has and starts nothing more. */
function countOf({ service, chunks }: ServiceSnapshot, target: Shifting): number {
  if (!mayStart(target)) return 0;
  if (target.rolloutState !== 'FAILED') return service.desiredCount;
  const held = slotsOf(chunks).filter((slot) => slot.deployment === target.id && isWanted(slot));
  return Math.min(service.desiredCount, held.length);
}

function planTasks(
  snapshot: ServiceSnapshot,
  { target, source, others }: Revisions,
  now: number,
  timings: ShiftTimings,
): RevisionPlans {
  const { stage } = target.shift;
  const { desiredCount } = snapshot.service;
  const plan = (deployment: Deployment, count: number) => planRevision(snapshot, deployment, count, now, timings);
  const blue = source && plan(source, stage === 'CLEAN_UP' ? 0 : desiredCount);
  // Whatever else runs may be all that serves until the source is whole again and has the traffic.
  const mayStop = target.shift.traffic.applied && (!blue || blue.isWhole);
  return {
    target: plan(target, countOf(snapshot, target)),
    source: blue,
    others: mayStop ? others.map((deployment) => plan(deployment, 0)) : [],
  };
}

function assemble(
  snapshot: ServiceSnapshot,
  { target: before, source, others }: Revisions,
  plans: RevisionPlans,
  target: Shifting,
  { rollback }: ShiftVerdict,
  now: number,
  { minute }: ShiftTimings,
): ServicePlan {
  const { shift } = target;
  const all = [plans.target, ...(plans.source ? [plans.source] : []), ...plans.others];
  const planned = (deployment: Deployment): Deployment =>
    all.find((plan) => plan.deployment.id === deployment.id)?.deployment ?? deployment;
  const isKept = (deployment: Deployment): boolean =>
    isOccupied(snapshot, deployment) || (deployment === source && shift.stage !== 'CLEAN_UP');
  const isMoved = shift !== before.shift || target.rolloutState === 'COMPLETED';
  const nextCheckAt = earliest([
    ...all.map((plan) => plan.nextCheckAt),
    nextShiftAt(shift, minute),
    isMoved || !shift.traffic.applied ? now : undefined,
  ]);
  const lastCompleted = newestCompleted(snapshot, target);
  const actions = all.flatMap((plan) => plan.actions);
  return {
    // What else was planned was planned for a deployment that is given up: it is planned again for the other one.
    actions: rollback ? actions.filter(({ kind }) => kind === 'fold-running') : actions,
    outlook: {
      deployments: [target, ...[...(source ? [source] : []), ...others].filter(isKept).map(planned)],
      ...(lastCompleted ? { lastCompleted } : {}),
      ...(rollback ? { rollback } : {}),
      ...(before.shift.traffic.applied ? {} : { traffic: splitOf(before) }),
      trafficSequence: shift.traffic.sequence,
      steady: false,
      ended: false,
      ...(plans.target.complaint === undefined ? {} : { complaint: plans.target.complaint }),
      ...(nextCheckAt === undefined ? {} : { nextCheckAt }),
    },
  };
}

const splitOf = ({ id, shift: { source, traffic } }: Shifting): TrafficSplit => ({
  sequence: traffic.sequence,
  shares: [
    { deployment: id, production: traffic.production, test: traffic.test },
    ...(source === undefined
      ? []
      : [{ deployment: source, production: restOfTraffic(traffic.production), test: restOfTraffic(traffic.test) }]),
  ],
});

const earliest = (instants: readonly (number | undefined)[]): number | undefined => {
  const known = instants.filter((instant) => instant !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
};
