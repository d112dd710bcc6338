import type { Json } from '#core/json.ts';
import { deploymentSpec } from '#core/kube/deployment/deployment.ts';
import { planDeployment } from '#core/kube/deployment/plan-deployment.ts';
import { deploymentRules } from '#core/kube/kinds/deployment.ts';
import { replicaSetRules } from '#core/kube/kinds/replica-set.ts';
import { type KubeObject, objectAt, timestamp } from '#core/kube/object.ts';
import { planReplicaSet, type ReplicaSetPlan } from '#core/kube/replica-set/plan-replica-set.ts';
import { replicaSetCounts, replicaSetSpec } from '#core/kube/replica-set/replica-set.ts';
import { replicaSetStatus } from '#core/kube/replica-set/replica-set-status.ts';
import { FAILURES_ANNOTATION } from '#core/kube/replica-set/retry.ts';
import { draftPod } from '#core/kube/workload/draft-pod.ts';
import { disowned, owned } from '#core/kube/workload/owner.ts';
import { isActive, phaseOf, readySince } from '#core/kube/workload/pod-standing.ts';

/** A plan of a ReplicaSet, made from what stood at some time. */
interface LatePlan {
  readonly set: KubeObject;
  readonly plan: ReplicaSetPlan;
}

/** A Deployment, its ReplicaSets and pods as plain values; plans are applied as the store would, on the versions they were made from. */
export class DeploymentWorld {
  now = Date.UTC(2026, 0, 1);
  deployment: KubeObject;
  sets: KubeObject[] = [];
  pods: KubeObject[] = [];
  writes = 0;
  #drawn = 0;

  constructor(spec: object) {
    this.deployment = deploymentRules.fillDefaults({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...this.#meta('web'), generation: 1 },
      spec: { selector: { matchLabels: { app: 'web' } }, template: templateOf(0), ...spec },
    });
  }

  #meta(name: string) {
    this.#drawn += 1;
    const creationTimestamp = timestamp(this.now);
    return { name, namespace: 'default', uid: `uid-${this.#drawn}`, resourceVersion: '1', creationTimestamp };
  }

  get spec() {
    return deploymentSpec(this.deployment);
  }

  get active(): readonly KubeObject[] {
    return this.pods.filter(isActive);
  }

  asked(): number {
    return this.sets.reduce((sum, set) => sum + replicaSetSpec(set).replicas, 0);
  }

  /** Pods that are available whatever the ReplicaSets do next. */
  assured(): number {
    return this.sets.reduce(
      (sum, set) => sum + Math.min(replicaSetCounts(set).availableReplicas, replicaSetSpec(set).replicas),
      0,
    );
  }

  change(spec: object): void {
    const generation = (this.deployment.metadata.generation ?? 0) + 1;
    const before = objectAt(this.deployment['spec'] as Json);
    this.deployment = deploymentRules.fillDefaults({
      ...this.deployment,
      metadata: { ...this.deployment.metadata, generation },
      spec: { ...before, ...spec },
    });
  }

  reconcile(): boolean {
    const hasPods = (sets: readonly KubeObject[]): boolean =>
      this.pods.some(
        (pod) => isActive(pod) && sets.some(({ metadata }) => pod.metadata.ownerReferences?.[0]?.uid === metadata.uid),
      );
    const plan = planDeployment({ deployment: this.deployment, sets: this.sets, hasPods }, this.now);
    if (plan.deployment !== this.deployment || plan.actions.length > 0) this.writes += 1;
    this.deployment = plan.deployment;
    for (const action of plan.actions) {
      switch (action.kind) {
        case 'create':
          this.sets.push(this.#made(action.set as unknown as KubeObject));
          break;
        case 'change':
          this.#replace(action.set, action.after);
          break;
        case 'adopt':
          this.#replace(action.set, owned(action.set, this.deployment));
          break;
        case 'release':
          this.#replace(action.set, disowned(action.set, this.deployment));
          break;
        case 'delete':
          this.sets = this.sets.filter((set) => set !== action.set);
      }
    }
    return plan.actions.length > 0;
  }

  #made(draft: KubeObject): KubeObject {
    const named = { ...this.#meta(draft.metadata.name), generation: 1, ...draft.metadata };
    return replicaSetRules.fillDefaults({ ...draft, apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: named });
  }

  #replace(before: KubeObject, after: KubeObject): void {
    const resourceVersion = String(Number(before.metadata.resourceVersion) + 1);
    this.sets = this.sets.map((set) =>
      set === before ? { ...after, metadata: { ...after.metadata, resourceVersion } } : set,
    );
  }

  planSet(nth: number): LatePlan | undefined {
    const set = this.sets[nth % Math.max(1, this.sets.length)];
    return set && { set, plan: planReplicaSet(set, this.pods, this.now) };
  }

  /** What the commit does: nothing of it when the ReplicaSet, or a pod it moves, is not what was read. */
  applySet({ set, plan }: LatePlan): void {
    const moved = plan.moves.flatMap((move) => (move.kind === 'create' ? [] : [move.pod]));
    if (!this.sets.includes(set) || moved.some((pod) => !this.pods.includes(pod))) return;
    if (plan.moves.length === 0 && plan.status === undefined) return;
    this.writes += 1;
    for (const move of plan.moves) {
      switch (move.kind) {
        case 'create': {
          const name = `${set.metadata.name}-${this.#drawn}`;
          const annotations = { [FAILURES_ANNOTATION]: String(move.failures) };
          const draft = draftPod(set, replicaSetSpec(set).template, {
            name,
            ...(move.failures > 0 && { annotations }),
          });
          const metadata = { ...this.#meta(name), ...(draft['metadata'] as object) };
          this.pods.push({ ...draft, apiVersion: 'v1', kind: 'Pod', metadata } as KubeObject);
          break;
        }
        case 'adopt':
          this.#say(move.pod, owned(move.pod, set));
          break;
        case 'release':
          this.#say(move.pod, disowned(move.pod, set));
          break;
        case 'delete':
          this.pods = this.pods.filter((pod) => pod !== move.pod);
      }
    }
    const own = this.active.filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid === set.metadata.uid);
    this.#replace(set, { ...set, status: replicaSetStatus(set, own, this.now) });
  }

  reconcileSet(nth: number): void {
    const late = this.planSet(nth);
    if (late) this.applySet(late);
  }

  #say(pod: KubeObject, after: KubeObject): void {
    this.pods = this.pods.map((one) => (one === pod ? after : one));
  }

  say(nth: number, phase: 'Running' | 'Failed', isReady: boolean): void {
    const pod = this.active[nth % Math.max(1, this.active.length)];
    if (!pod) return;
    const ready = { type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: timestamp(this.now) };
    const ended = [{ state: { terminated: { finishedAt: timestamp(this.now) } } }];
    const status = { phase, conditions: [ready], ...(phase === 'Failed' && { containerStatuses: ended }) };
    this.#say(pod, { ...pod, status });
  }

  remove(nth: number): void {
    this.pods = this.pods.filter((_, index) => index !== nth % Math.max(1, this.pods.length));
  }

  /** Everything that waits is done, and every pod gets ready. */
  settle(): void {
    this.now += 400_000;
    this.reconcile();
    this.sets.forEach((_, nth) => {
      this.reconcileSet(nth);
    });
    this.active.forEach((pod, nth) => {
      if (phaseOf(pod) === 'Pending' || readySince(pod) === undefined) this.say(nth, 'Running', true);
    });
  }
}

export const templateOf = (version: number): object => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'main', image: `app:${version}` }] },
});
