import type { Json, JsonObject } from '../../json.ts';
import { type KubeObject, objectAt, type RawObject } from '../object.ts';
import { numberOr, replicaSetCounts, replicaSetSpec } from '../replica-set/replica-set.ts';
import { isSameValue } from '../same-value.ts';
import { conditionsOf } from '../workload/condition.ts';
import { claim } from '../workload/owner.ts';
import { isGoing } from '../workload/pod-standing.ts';
import { type DeploymentSpec, deploymentSpec } from './deployment.ts';
import { deploymentStatus, isComplete, overdueAt } from './deployment-status.ts';
import { draftReplicaSet, isMadeAfter } from './draft-replica-set.ts';
import { handedDown, REVISION, revisionMarks, revisionOf, scaleMarks } from './revision.ts';
import { recreate, roll } from './roll.ts';
import { oldestFirst, type SetStanding, standingOf, type Target } from './set-standing.ts';
import { isScaled, shareOutScale } from './share-out-scale.ts';
import { templateHash } from './template-hash.ts';

export interface DeploymentSnapshot {
  readonly deployment: KubeObject;
  /** ReplicaSets of its namespace, at least those it owns and those nobody does, and those whose names it may want. */
  readonly sets: readonly KubeObject[];
  /** Pods of these ReplicaSets have not all ended; asked only when nothing new may begin beside them. */
  readonly hasPods: (sets: readonly KubeObject[]) => boolean;
}

export type DeploymentAction =
  | { readonly kind: 'adopt'; readonly set: KubeObject }
  | { readonly kind: 'release'; readonly set: KubeObject }
  | { readonly kind: 'create'; readonly set: RawObject; readonly replicas: number }
  /** `after` is what shall stand: another number of pods, or other annotations. */
  | { readonly kind: 'change'; readonly set: KubeObject; readonly after: KubeObject }
  | { readonly kind: 'delete'; readonly set: KubeObject };

export interface DeploymentPlan {
  readonly actions: readonly DeploymentAction[];
  /** The Deployment as it shall stand; the same object when nothing of it changes. */
  readonly deployment: KubeObject;
  /** When to look again although nothing changes (epoch ms). */
  readonly lookAgainAt?: number;
}

/** Decides what a Deployment does next (Kubernetes: apps/v1 Deployment; one step, the next follows from what it leads to). */
export function planDeployment(snapshot: DeploymentSnapshot, now: number): DeploymentPlan {
  const { deployment, sets } = snapshot;
  const spec = deploymentSpec(deployment);
  if (!spec.selector) return { actions: [], deployment };
  const { kept, adopted, released } = claim(deployment, spec.selector, sets);
  // Who belongs to it is settled before anything is counted.
  if (adopted.length + released.length > 0) {
    const adopt = adopted.map((set) => ({ kind: 'adopt', set }) as const);
    return { actions: [...released.map((set) => ({ kind: 'release', set }) as const), ...adopt], deployment };
  }
  const current = [...kept].sort(oldestFirst).find((set) => isMadeAfter(set, spec.template));
  const old = kept.filter((set) => set !== current);
  return new Step(snapshot, spec, current, old, now).plan();
}

/** One step of a Deployment whose ReplicaSets are known. */
class Step {
  readonly #snapshot: DeploymentSnapshot;
  readonly #spec: DeploymentSpec;
  readonly #current: SetStanding | undefined;
  readonly #old: readonly SetStanding[];
  readonly #now: number;
  /** One above all that went before; a ReplicaSet that is taken up again becomes the newest. */
  readonly #revision: number;

  constructor(
    snapshot: DeploymentSnapshot,
    spec: DeploymentSpec,
    current: KubeObject | undefined,
    old: readonly KubeObject[],
    now: number,
  ) {
    this.#snapshot = snapshot;
    this.#spec = spec;
    this.#current = current && standingOf(current);
    this.#old = old.map(standingOf);
    this.#now = now;
    this.#revision = Math.max(0, ...old.map(revisionOf)) + 1;
  }

  plan(): DeploymentPlan {
    const { deployment } = this.#snapshot;
    if (isGoing(deployment)) return { actions: [], deployment: this.#told({ isScaling: true }) };
    const all = [...(this.#current ? [this.#current] : []), ...this.#old];
    const isScaling = this.#spec.isPaused || isScaled(this.#spec, all);
    return isScaling ? this.#scale() : this.#rollOut();
  }

  /** Paused, or scaled: no pod changes its template. */
  #scale(): DeploymentPlan {
    const targets = shareOutScale(this.#spec, this.#current, this.#old);
    const actions = [...this.#changes(targets), ...(this.#spec.isPaused ? this.#outlived() : [])];
    return this.#done(actions, this.#told({ isScaling: true }));
  }

  #rollOut(): DeploymentPlan {
    const standing = this.#current ?? { replicas: 0, available: 0 };
    const { isRolling } = this.#spec;
    const mayGrow = !isRolling && this.#old.length > 0 && standing.replicas < this.#spec.replicas;
    const hasPods = mayGrow && this.#snapshot.hasPods(this.#old.map(({ set }) => set));
    const { current, old } = isRolling
      ? roll(this.#spec, standing, this.#old)
      : recreate(this.#spec, standing, this.#old, hasPods);
    const isWaiting = !isRolling && (hasPods || old.length > 0);
    if (!this.#current) {
      const created = isWaiting ? undefined : this.#create(current);
      const actions = [...(created ? [created.action] : []), ...this.#changes(old)];
      return this.#done(actions, this.#told({ isScaling: false, ...created }));
    }
    const actions = [...this.#changes([{ set: this.#current.set, to: current }, ...old]), ...this.#outlived()];
    return this.#done(actions, this.#told({ isScaling: false }));
  }

  #create(replicas: number): {
    readonly action: DeploymentAction;
    readonly created: string;
    readonly collisions: number;
  } {
    const { deployment, sets } = this.#snapshot;
    const names = new Set(sets.map(({ metadata }) => metadata.name));
    const nameOf = (hash: string): string => `${deployment.metadata.name}-${hash}`;
    let collisions = this.#collisions();
    // A name that is taken is that of another template whose hash happens to be the same, or somebody else's.
    while (names.has(nameOf(templateHash(this.#spec.template, collisions)))) collisions += 1;
    const hash = templateHash(this.#spec.template, collisions);
    const set = draftReplicaSet(deployment, this.#spec, hash, { replicas, revision: this.#revision });
    return { action: { kind: 'create', set, replicas }, created: nameOf(hash), collisions };
  }

  #collisions(): number {
    return numberOr(objectAt(this.#snapshot.deployment['status'] as Json)['collisionCount'], 0);
  }

  /** The ReplicaSets with the numbers they are to have, and the newest with its marks. */
  #changes(targets: readonly Target[]): readonly DeploymentAction[] {
    const named = new Map(targets.map(({ set, to }) => [set, to]));
    const current = this.#current?.set;
    return [...new Set([...named.keys(), ...(current ? [current] : [])])].flatMap((set): DeploymentAction[] => {
      const after = this.#changed(set, named.get(set));
      return isSameValue(set, after) ? [] : [{ kind: 'change', set, after }];
    });
  }

  #changed(set: KubeObject, to: number | undefined): KubeObject {
    const isCurrent = set === this.#current?.set;
    const spec = objectAt(set['spec'] as Json);
    const isMarked = to !== undefined && (to > 0 || replicaSetSpec(set).replicas !== to);
    const annotations = {
      ...set.metadata.annotations,
      ...(isCurrent &&
        !this.#spec.isPaused && { ...handedDown(this.#snapshot.deployment), ...revisionMarks(set, this.#revision) }),
      ...(isMarked && scaleMarks(this.#spec.replicas, this.#spec.limits.maximum)),
    };
    const after: JsonObject = {
      ...spec,
      ...(to !== undefined && { replicas: to }),
      ...(isCurrent &&
        numberOr(spec['minReadySeconds'], 0) !== this.#spec.minReadySeconds && {
          minReadySeconds: this.#spec.minReadySeconds,
        }),
    };
    const isChanged = !isSameValue(spec, after);
    const generation = (set.metadata.generation ?? 0) + (isChanged ? 1 : 0);
    return { ...set, metadata: { ...set.metadata, ...(isChanged && { generation }), annotations }, spec: after };
  }

  /** Old ReplicaSets without pods that the history has no room for; nothing goes while a rollout may have to go back. */
  #outlived(): readonly DeploymentAction[] {
    const sets = this.#old.map(({ set }) => set);
    const isDone = isComplete(this.#spec.replicas, this.#current?.set, sets);
    if (!isDone && !this.#spec.isPaused) return [];
    const empty = sets.filter(isEmpty).sort((a, b) => revisionOf(a) - revisionOf(b) || oldestFirst(a, b));
    const count = Math.max(0, sets.filter((set) => !isGoing(set)).length - this.#spec.history);
    return empty.slice(0, count).map((set) => ({ kind: 'delete', set }));
  }

  /** The Deployment with its status, and with the revision it is at. */
  #told(step: { readonly isScaling: boolean; readonly created?: string; readonly collisions?: number }): KubeObject {
    const { deployment } = this.#snapshot;
    const current = this.#current?.set;
    const status = deploymentStatus(
      {
        deployment,
        spec: this.#spec,
        current,
        old: this.#old.map(({ set }) => set),
        isScaling: step.isScaling,
        collisions: step.collisions ?? this.#collisions(),
        ...(step.created !== undefined && { created: step.created }),
      },
      this.#now,
    );
    const isSettled = current !== undefined || step.created !== undefined;
    const revision = current ? Math.max(revisionOf(current), this.#revision) : this.#revision;
    const isKept = this.#spec.isPaused || isGoing(deployment) || !isSettled;
    const annotations = isKept
      ? deployment.metadata.annotations
      : { ...deployment.metadata.annotations, [REVISION]: String(revision) };
    const after = { ...deployment, metadata: { ...deployment.metadata, ...(annotations && { annotations }) }, status };
    return isSameValue(deployment, after) ? deployment : after;
  }

  #done(planned: readonly DeploymentAction[], deployment: KubeObject): DeploymentPlan {
    // A set that is taken up again has not outlived itself.
    const changed = new Set(planned.flatMap((action) => (action.kind === 'change' ? [action.set] : [])));
    const actions = planned.filter((action) => action.kind !== 'delete' || !changed.has(action.set));
    const lookAgainAt = overdueAt(conditionsOf(deployment), this.#spec.deadlineMs);
    return { actions, deployment, ...(lookAgainAt !== undefined && { lookAgainAt: lookAgainAt + 1_000 }) };
  }
}

/** It has no pods, wants none, and its worker knows that. */
function isEmpty(set: KubeObject): boolean {
  const { replicas, observedGeneration } = replicaSetCounts(set);
  const isKnown = observedGeneration >= (set.metadata.generation ?? 0);
  return !isGoing(set) && isKnown && replicas === 0 && replicaSetSpec(set).replicas === 0;
}
