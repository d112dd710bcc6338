import type { Json, JsonObject } from '../../json.ts';
import { type KubeObject, objectAt, timeOf, timestamp } from '../object.ts';
import { numberOr, replicaSetCounts, replicaSetSpec } from '../replica-set/replica-set.ts';
import {
  type Condition,
  conditionNamed,
  conditionsOf,
  replaced,
  withCondition,
  without,
} from '../workload/condition.ts';
import type { DeploymentSpec } from './deployment.ts';

/** What a status is worked out from. */
export interface StatusQuestion {
  readonly deployment: KubeObject;
  readonly spec: DeploymentSpec;
  /** ReplicaSet of the newest template, when there is one. */
  readonly current: KubeObject | undefined;
  readonly old: readonly KubeObject[];
  /** Name of the ReplicaSet that is made now. */
  readonly created?: string;
  /** Only the number of pods changes: that is no progress of a rollout, and no lack of it. */
  readonly isScaling: boolean;
  readonly collisions: number;
}

interface Counters {
  readonly replicas: number;
  readonly updatedReplicas: number;
  readonly readyReplicas: number;
  readonly availableReplicas: number;
}

type Reasoned = Condition & { readonly reason: string };

/** The status of a Deployment; counters that are zero are left out, as Kubernetes does it. */
export function deploymentStatus(question: StatusQuestion, now: number): JsonObject {
  const { deployment, current, old, collisions } = question;
  const counters = countersOf(current, old);
  const asked = [...(current ? [current] : []), ...old].reduce((sum, set) => sum + replicaSetSpec(set).replicas, 0);
  const counts = {
    observedGeneration: deployment.metadata.generation ?? 0,
    ...counters,
    unavailableReplicas: Math.max(0, asked - counters.availableReplicas),
    collisionCount: collisions,
  };
  const conditions = conditionsWith(question, counters, now);
  return {
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    ...(conditions.length > 0 && { conditions: conditions as unknown as JsonObject[] }),
  };
}

function countersOf(current: KubeObject | undefined, old: readonly KubeObject[]): Counters {
  const own = current && replicaSetCounts(current);
  const all = [...(own ? [own] : []), ...old.map(replicaSetCounts)];
  return {
    replicas: all.reduce((sum, { replicas }) => sum + replicas, 0),
    updatedReplicas: own?.replicas ?? 0,
    readyReplicas: all.reduce((sum, { readyReplicas }) => sum + readyReplicas, 0),
    availableReplicas: all.reduce((sum, { availableReplicas }) => sum + availableReplicas, 0),
  };
}

/** Every pod is of the newest template and available. */
export const isComplete = (replicas: number, current: KubeObject | undefined, old: readonly KubeObject[]): boolean =>
  isWhole(countersOf(current, old), replicas);

const isWhole = (counters: Counters, replicas: number): boolean =>
  counters.updatedReplicas === replicas && counters.replicas === replicas && counters.availableReplicas === replicas;

function conditionsWith(question: StatusQuestion, counters: Counters, now: number): readonly Condition[] {
  const { spec, current, old } = question;
  const isAvailable = counters.availableReplicas >= spec.limits.minimum;
  const available = withUpdate(conditionsOf(question.deployment), availability(isAvailable), now);
  const progressing = progressOf(question, counters, available, now);
  const failure = failureOf([...(current ? [current] : []), ...old]);
  return failure ? withUpdate(progressing, failure, now) : without(progressing, 'ReplicaFailure');
}

const availability = (isAvailable: boolean): Reasoned =>
  isAvailable
    ? said('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.')
    : said('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.');

const said = (type: string, status: Condition['status'], reason: string, message: string): Reasoned => ({
  type,
  status,
  reason,
  message,
});

const withUpdate = (conditions: readonly Condition[], condition: Reasoned, now: number): readonly Condition[] =>
  withCondition(conditions, { ...condition, lastUpdateTime: timestamp(now) }, now);

function failureOf(sets: readonly KubeObject[]): Reasoned | undefined {
  const failure = sets
    .map((set) => conditionNamed(conditionsOf(set), 'ReplicaFailure'))
    .find((one) => one !== undefined);
  return failure && said('ReplicaFailure', 'True', failure.reason ?? 'FailedCreate', failure.message ?? '');
}

/** How the rollout goes (Kubernetes: condition Progressing); without a deadline nothing is said of it. */
function progressOf(
  question: StatusQuestion,
  counters: Counters,
  conditions: readonly Condition[],
  now: number,
): readonly Condition[] {
  const { spec, created, current, isScaling, deployment } = question;
  if (spec.deadlineMs === undefined) return without(conditions, 'Progressing');
  const begun = withUpdate(conditions, beginning(spec.isPaused, created, current, conditions), now);
  if (spec.isPaused || isScaling || created !== undefined) return begun;
  const before = conditionNamed(begun, 'Progressing');
  const name = current ? `ReplicaSet "${current.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  const isDone = counters.replicas === counters.updatedReplicas && before?.reason === 'NewReplicaSetAvailable';
  if (isDone) return begun;
  if (isWhole(counters, spec.replicas)) {
    const message = `${name} has successfully progressed.`;
    return withUpdate(begun, said('Progressing', 'True', 'NewReplicaSetAvailable', message), now);
  }
  if (hasProgressed(deployment, counters)) {
    const progress = said('Progressing', 'True', 'ReplicaSetUpdated', `${name} is progressing.`);
    return replaced(begun, { ...progress, lastUpdateTime: timestamp(now) }, now);
  }
  if (!isOverdue(before, spec.deadlineMs, now)) return begun;
  const late = said('Progressing', 'False', 'ProgressDeadlineExceeded', `${name} has timed out progressing.`);
  return withUpdate(begun, late, now);
}

/** What is said before a rollout moves: that its ReplicaSet is made or found, that it is paused or goes on. */
function beginning(
  isPaused: boolean,
  created: string | undefined,
  current: KubeObject | undefined,
  conditions: readonly Condition[],
): Reasoned {
  const before = conditionNamed(conditions, 'Progressing');
  const isHeld = before?.reason === 'DeploymentPaused';
  if (isPaused && before?.reason !== 'ProgressDeadlineExceeded') {
    return said('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused');
  }
  if (created !== undefined) {
    return said('Progressing', 'True', 'NewReplicaSetCreated', `Created new replica set "${created}"`);
  }
  if (isHeld) return said('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed');
  const found = said('Progressing', 'True', 'FoundNewReplicaSet', `Found new replica set "${current?.metadata.name}"`);
  return before ? { ...before, reason: before.reason ?? '' } : found;
}

function hasProgressed(deployment: KubeObject, now: Counters): boolean {
  const status = objectAt(deployment['status'] as Json);
  const before = (name: keyof Counters): number => numberOr(status[name], 0);
  const oldBefore = before('replicas') - before('updatedReplicas');
  return (
    now.updatedReplicas > before('updatedReplicas') ||
    now.replicas - now.updatedReplicas < oldBefore ||
    now.readyReplicas > before('readyReplicas') ||
    now.availableReplicas > before('availableReplicas')
  );
}

/** When a rollout that shows no progress is late (epoch ms); undefined for one that is done, or is late already. */
export function overdueAt(conditions: readonly Condition[], deadlineMs: number | undefined): number | undefined {
  const progress = conditionNamed(conditions, 'Progressing');
  const isOver = progress?.reason === 'NewReplicaSetAvailable' || progress?.reason === 'ProgressDeadlineExceeded';
  if (!progress || isOver || progress.reason === 'DeploymentPaused' || deadlineMs === undefined) return undefined;
  const since = timeOf(progress.lastUpdateTime);
  return Number.isNaN(since) ? undefined : since + deadlineMs;
}

function isOverdue(progress: Condition | undefined, deadlineMs: number, now: number): boolean {
  const at = progress && overdueAt([progress], deadlineMs);
  return at !== undefined && at < now;
}
