import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draftJobPod } from '#core/kube/job/draft-job-pod.ts';
import { readIndexes, writeIndexes } from '#core/kube/job/indexes.ts';
import { indexOf, isTracked, jobSpec, jobTally, untracked } from '#core/kube/job/job.ts';
import { counted, jobStatus } from '#core/kube/job/job-status.ts';
import { type JobPlan, planJob } from '#core/kube/job/plan-job.ts';
import { jobRules } from '#core/kube/kinds/job.ts';
import { type KubeObject, timestamp } from '#core/kube/object.ts';
import { conditionNamed, conditionsOf } from '#core/kube/workload/condition.ts';
import { disowned, owned } from '#core/kube/workload/owner.ts';
import { isActive, isFinished, isGoing, phaseOf } from '#core/kube/workload/pod-standing.ts';

/** A plan made from what stood at some time. */
interface Late {
  readonly job: KubeObject;
  readonly plan: JobPlan;
}

/** A Job and its pods as plain values; plans are applied as the store would, on the versions they were made from. */
class JobWorld {
  now = Date.UTC(2026, 0, 1);
  job: KubeObject;
  pods: KubeObject[] = [];
  writes = 0;
  /** Pods that ended, by how, and whether anything counted them. */
  readonly ends = new Map<string, { readonly outcome: 'succeeded' | 'failed'; readonly index: number | undefined }>();
  #drawn = 0;

  constructor(spec: object) {
    this.job = jobRules.fillDefaults({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { ...this.#meta('sum'), generation: 1 },
      spec: {
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'app:1' }] } },
        ...spec,
      },
    });
  }

  #meta(name: string) {
    this.#drawn += 1;
    const creationTimestamp = timestamp(this.now);
    return { name, namespace: 'default', uid: `uid-${this.#drawn}`, resourceVersion: '1', creationTimestamp };
  }

  get active(): readonly KubeObject[] {
    return this.pods.filter(isActive);
  }

  change(spec: object): void {
    this.job = { ...this.job, spec: { ...(this.job['spec'] as object), ...spec } };
  }

  plan(): Late {
    return { job: this.job, plan: planJob(this.job, this.pods, this.now) };
  }

  /** What the commit does: nothing of it when the Job, or a pod it moves, is not what was read. */
  apply({ job, plan }: Late): void {
    const moved = plan.moves.flatMap((move) => (move.kind === 'create' ? [] : [move.pod]));
    if (this.job !== job || moved.some((pod) => !this.pods.includes(pod))) return;
    if (plan.moves.length === 0 && plan.status === undefined) return;
    this.writes += 1;
    const before = plan.status ? { ...job, status: plan.status } : job;
    for (const move of plan.moves) {
      switch (move.kind) {
        case 'create': {
          const name = `sum-${this.#drawn}`;
          const draft = draftJobPod(job, name, move.index);
          const metadata = { ...this.#meta(name), ...(draft['metadata'] as object) };
          this.pods.push({ ...draft, apiVersion: 'v1', kind: 'Pod', metadata } as KubeObject);
          break;
        }
        case 'count':
        case 'free':
          this.#let(move.pod, untracked(move.pod));
          break;
        case 'adopt':
          this.#let(move.pod, owned(move.pod, job));
          break;
        case 'release':
          this.#let(move.pod, disowned(untracked(move.pod), job));
          break;
        case 'delete':
          this.pods = this.pods.filter((pod) => pod !== move.pod);
      }
    }
    const counts = plan.moves.filter((move) => move.kind === 'count');
    this.job = { ...job, status: jobStatus(before, this.pods, counted(before, counts), conditionsOf(before)) };
  }

  /** A pod that was deleted goes once nothing holds it. */
  #let(before: KubeObject, after: KubeObject): void {
    const isGone = isGoing(after) && (after.metadata.finalizers ?? []).length === 0;
    this.pods = this.pods.flatMap((pod) => (pod !== before ? [pod] : isGone ? [] : [after]));
  }

  end(nth: number, phase: 'Succeeded' | 'Failed'): void {
    const pod = this.active[nth % Math.max(1, this.active.length)];
    if (!pod) return;
    const containerStatuses = [{ state: { terminated: { finishedAt: timestamp(this.now) } } }];
    this.ends.set(pod.metadata.uid, { outcome: phase === 'Failed' ? 'failed' : 'succeeded', index: indexOf(pod) });
    this.#let(pod, { ...pod, status: { phase, containerStatuses } });
  }

  remove(nth: number): void {
    const pod = this.pods[nth % Math.max(1, this.pods.length)];
    if (!pod || isGoing(pod)) return;
    if (!isFinished(pod) && isTracked(pod)) this.ends.set(pod.metadata.uid, { outcome: 'failed', index: indexOf(pod) });
    this.#let(pod, { ...pod, metadata: { ...pod.metadata, deletionTimestamp: timestamp(this.now) } });
  }

  isOver(): boolean {
    return ['Complete', 'Failed'].some((type) => conditionNamed(conditionsOf(this.job), type)?.status === 'True');
  }

  /** Pods that ended and are not counted yet. */
  uncounted(): readonly KubeObject[] {
    return this.pods.filter((pod) => isTracked(pod) && (isFinished(pod) || isGoing(pod)));
  }
}

const nat = fc.nat({ max: 20 });
const act = fc.record({
  nth: nat,
  kind: fc.constantFrom(
    'work',
    'work',
    'plan',
    'apply',
    'succeed',
    'succeed',
    'fail',
    'remove',
    'parallel',
    'suspend',
    'pass',
  ),
});
const specs = fc.record({
  completions: fc.integer({ min: 1, max: 8 }),
  parallelism: fc.integer({ min: 1, max: 5 }),
  completionMode: fc.constantFrom('Indexed', 'NonIndexed'),
  backoffLimit: fc.constantFrom(0, 2, 1_000),
});

test('plan job, any endings, deletions and late workers, counts each end once, keeps its bounds and comes to an end', () => {
  fc.assert(
    fc.property(specs, fc.array(act, { maxLength: 80, size: 'max' }), (asked, acts) => {
      const world = new JobWorld(asked);
      const late: Late[] = [];
      for (const { nth, kind } of acts) {
        const before = world.active.length;
        if (kind === 'plan') late.push(world.plan());
        if (kind === 'apply') for (const one of late.splice(nth % Math.max(1, late.length), 1)) world.apply(one);
        if (kind === 'work') world.apply(world.plan());
        if (kind === 'work' || kind === 'apply') {
          expect(world.active.length).toBeLessThanOrEqual(Math.max(before, jobSpec(world.job).parallelism));
        }
        if (kind === 'succeed') world.end(nth, 'Succeeded');
        if (kind === 'fail') world.end(nth, 'Failed');
        if (kind === 'remove') world.remove(nth);
        if (kind === 'parallel') world.change({ parallelism: nth % 6 });
        if (kind === 'suspend') world.change({ suspend: nth % 2 === 0 });
        if (kind === 'pass') world.now += nth * 10_000;
        if (!world.isOver()) expectExact(world);
      }
      world.change({ suspend: false, parallelism: 3 });
      for (let round = 0; round < 60; round += 1) {
        world.now += 400_000;
        world.apply(world.plan());
        for (let nth = 0; nth < world.active.length; nth += 1) {
          if (phaseOf(world.active[nth] ?? world.job) === 'Pending') world.end(nth, 'Succeeded');
        }
      }
      expect(world.isOver()).toBe(true);
      const isComplete = conditionNamed(conditionsOf(world.job), 'Complete')?.status === 'True';
      const { succeeded, failed } = jobTally(world.job);
      if (isComplete) expect(succeeded).toBeGreaterThanOrEqual(asked.completions);
      else expect(failed).toBeGreaterThan(asked.backoffLimit);
      const { writes } = world;
      world.apply(world.plan());
      expect(world.writes).toBe(writes);
    }),
    { numRuns: 500 },
  );
});

/** What the Job has counted is what ended, without what still waits to be counted. */
function expectExact(world: JobWorld): void {
  const waiting = new Set(world.uncounted().map(({ metadata }) => metadata.uid));
  const ends = [...world.ends].filter(([uid]) => !waiting.has(uid)).map(([, end]) => end);
  const successes = ends.filter(({ outcome }) => outcome === 'succeeded');
  const isIndexed = jobSpec(world.job).isIndexed;
  const { succeeded, failed } = jobTally(world.job);
  expect(failed).toBe(ends.length - successes.length);
  expect(succeeded).toBe(isIndexed ? new Set(successes.map(({ index }) => index)).size : successes.length);
}

test('indexes, written and read again, are the same', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 300 })), (indexes) => {
      expect([...readIndexes(writeIndexes(new Set(indexes)))]).toEqual([...indexes].sort((a, b) => a - b));
    }),
  );
});
