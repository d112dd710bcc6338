import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ServiceState, SlotChunk } from '#core/model/service.ts';
import type { HealthStatus } from '#core/model/task.ts';
import type { TaskSet, TaskSetService } from '#core/model/task-set.ts';
import { serviceLimits } from '#core/service/limits.ts';
import { planService } from '#core/service/plan-service.ts';
import type { ServiceAction, ServicePlan } from '#core/service/service-plan.ts';
import { slotName } from '#core/service/service-snapshot.ts';
import {
  emptySlot,
  freeSlot,
  markSlotHealth,
  markSlotLeaving,
  markSlotRunning,
  markSlotStopping,
  startSlot,
} from '#core/service/slot-transitions.ts';
import { chunkOf, isHealthy, isInFlux, isWanted, type PlacedSlot, slotsOf, withSlot } from '#core/service/slots.ts';
import { computedCount, forgetTaskSets, MAX_TASK_SETS } from '#core/service/task-sets.ts';
import { timingsAt } from '#core/timings.ts';
import { aTaskSet, aTaskSetService } from '#test/support/a-task-set.ts';

const timings = timingsAt();

/** A service of task sets: what a deployer and machines do to it, and what the planner makes of that. */
class World {
  now = 1_000;
  service: TaskSetService = aTaskSetService({ desiredCount: 0 });
  state: ServiceState | undefined;
  chunks: readonly SlotChunk[] = [];
  readonly seenRunning = new Set<string>();
  /** What agents say of health; of a task that nothing checks nobody says anything. */
  readonly health = new Map<string, HealthStatus>();
  isChecked = false;
  made = 0;
  writes = 0;

  slots(): readonly PlacedSlot[] {
    return slotsOf(this.chunks);
  }

  reconcile(): void {
    const { service, state, chunks, seenRunning } = this;
    const asked = this.slots().filter(isInFlux).map(slotName);
    const seenHealth = new Map([...this.health].filter(([name]) => asked.includes(name)));
    const snapshot = { service, state, chunks, seenRunning, seenHealth, unplaced: [] };
    const plan = planService(snapshot, this.now, timings);
    const fit = this.#fit();
    for (const action of plan.actions) this.#apply(action);
    this.#checkLimits(plan, fit);
    const next = this.#nextState(plan);
    const { goneTaskSets } = plan.outlook;
    if (plan.actions.length > 0 || goneTaskSets || JSON.stringify(next) !== JSON.stringify(state)) this.writes += 1;
    this.state = next;
    if (goneTaskSets) this.service = forgetTaskSets(service, goneTaskSets, this.now, timings.tokenRetention);
    if (plan.outlook.ended) this.service = { ...this.service, status: 'INACTIVE' };
  }

  /** Invariants S3 and S4 of each task set, whatever the others have. */
  #checkLimits({ actions }: ServicePlan, fit: ReadonlySet<string>): void {
    for (const set of this.service.taskSets) {
      const own = this.slots().filter(({ deployment }) => deployment === set.deployment.id);
      const desiredCount = computedCount(this.service, set);
      const { maximum, minimum } = serviceLimits({ ...this.service, desiredCount });
      const isOwn = (action: ServiceAction) => action.deployment === set.deployment.id;
      const hasStarts = actions.some((action) => action.kind === 'start' && isOwn(action));
      const hasStops = actions.some((action) => action.kind === 'stop' && action.healthy && isOwn(action));
      if (hasStarts) expect(own.filter(isWanted).length).toBeLessThanOrEqual(Math.max(maximum, desiredCount));
      if (hasStops) expect(own.filter(({ phase }) => phase === 'running').length).toBeGreaterThanOrEqual(minimum);
      const fitNow = this.#fit();
      const isLess = own.some((slot) => fit.has(slotName(slot)) && !fitNow.has(slotName(slot)));
      if (isLess) expect(own.filter((slot) => fitNow.has(slotName(slot))).length).toBeGreaterThanOrEqual(minimum);
    }
  }

  /** Names of the tasks that are known to be healthy. */
  #fit(): ReadonlySet<string> {
    const fit = this.slots().filter((slot) => isHealthy(slot, timings.healthyAfter, this.now));
    return new Set(fit.map(slotName));
  }

  #nextState({ outlook }: ServicePlan): ServiceState {
    const { cluster, name, generation } = this.service;
    const { deployments, taskSets = [], steady } = outlook;
    return { cluster, name, generation, deployments, taskSets, steady, eventSequence: 0 };
  }

  #apply(action: ServiceAction): void {
    if (action.kind === 'drop-chunk') {
      this.chunks = this.chunks.filter((c) => c.deployment !== action.deployment || c.chunk !== action.chunk);
      return;
    }
    const { deployment, index, epoch } = action;
    this.#change(deployment, index, (chunk) => {
      if (action.kind === 'fold-health') return markSlotHealth(chunk, index, epoch, action.status, this.now);
      if (action.kind === 'stop' && action.isUnhealthy) this.#checkIll(chunk, index);
      if (action.kind === 'stop') return markSlotStopping(chunk, index, epoch);
      if (action.kind === 'fold-running') return markSlotRunning(chunk, index, epoch, this.now);
      const slot = chunk.slots.find((held) => held.index === index) ?? emptySlot(index);
      expect([slot.phase, slot.epoch + 1]).toEqual(['empty', epoch]);
      return withSlot(chunk, startSlot(slot));
    });
  }

  /** Who is stopped for its health is ill, and had its time. */
  #checkIll({ slots }: SlotChunk, index: number): void {
    const { health, runningSince = 0 } = slots.find((held) => held.index === index) ?? emptySlot(index);
    const { healthCheckGracePeriodSeconds = 0 } = this.service;
    expect(health?.status).toBe('UNHEALTHY');
    expect(this.now).toBeGreaterThanOrEqual(runningSince + healthCheckGracePeriodSeconds * 1_000);
  }

  #change(deployment: string, index: number, change: (chunk: SlotChunk) => SlotChunk): void {
    const isIt = (chunk: SlotChunk) => chunk.deployment === deployment && chunk.chunk === chunkOf(index);
    const { cluster, name } = this.service;
    const before = this.chunks.find(isIt) ?? {
      cluster,
      service: name,
      deployment,
      chunk: chunkOf(index),
      slots: [],
      failedTasks: 0,
    };
    this.chunks = [...this.chunks.filter((chunk) => !isIt(chunk)), change(before)];
  }

  /** One of the tasks in a phase, if there is any. */
  task(phase: PlacedSlot['phase'], nth: number, then: (slot: PlacedSlot) => void): void {
    const candidates = this.slots().filter((slot) => slot.phase === phase);
    const slot = candidates[nth % Math.max(1, candidates.length)];
    if (slot) then(slot);
  }

  run(slot: PlacedSlot): void {
    const name = slotName(slot);
    this.seenRunning.add(name);
    if (this.isChecked && !this.health.has(name)) this.health.set(name, 'UNKNOWN');
  }

  /** An agent reports; what gets worse goes to the slot at once, as the report's transaction does it. */
  say(slot: PlacedSlot, status: HealthStatus): void {
    if (!this.isChecked) return;
    const { deployment, index, epoch } = slot;
    this.health.set(slotName(slot), status);
    if (status === 'HEALTHY') return;
    this.#change(deployment, index, (chunk) => markSlotHealth(chunk, index, epoch, status, this.now));
  }

  end({ deployment, index, epoch, phase }: PlacedSlot): void {
    const end = { at: this.now, failed: phase !== 'stopping' };
    this.#change(deployment, index, (chunk) => freeSlot(chunk, index, epoch, end, timings));
  }

  leave({ deployment, index, epoch }: PlacedSlot, isLeaving: boolean): void {
    this.#change(deployment, index, (chunk) => markSlotLeaving(chunk, index, epoch, isLeaving));
  }

  intend(change: (service: TaskSetService) => Partial<TaskSetService>): void {
    const { service } = this;
    if (service.status === 'ACTIVE')
      this.service = { ...service, ...change(service), generation: service.generation + 1 };
  }

  add(scale: number): void {
    this.made += 1;
    const set = aTaskSet(`ecs-svc/${this.made}`, { scale });
    this.intend(({ taskSets }) => (taskSets.length < MAX_TASK_SETS ? { taskSets: [...taskSets, set] } : {}));
  }

  changeSet(nth: number, change: Partial<TaskSet>): void {
    this.intend(({ taskSets }) => ({
      taskSets: taskSets.map((set, at) => (at === nth % taskSets.length ? { ...set, ...change } : set)),
    }));
  }

  /** Every machine does what it was told. */
  settle(): void {
    for (const slot of this.slots()) {
      if (slot.phase === 'started') this.run(slot);
      if (slot.phase === 'stopping') this.end(slot);
    }
    // Who fails its check goes on failing it; all others pass.
    for (const [name, status] of this.health) if (status === 'UNKNOWN') this.health.set(name, 'HEALTHY');
  }
}

type Step = (world: World) => void;

const nat = fc.nat({ max: 20 });
const percent = fc.oneof(fc.constantFrom(0, 10, 50, 100), fc.double({ min: 0, max: 100, noNaN: true }));
const ofNth = (then: (world: World, nth: number) => void): fc.Arbitrary<Step> =>
  nat.map((nth) => (world) => then(world, nth));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Step>((world) => world.reconcile()) },
  { weight: 4, arbitrary: fc.constant<Step>((world) => world.settle()) },
  { weight: 4, arbitrary: ofNth((world, nth) => world.task('started', nth, (slot) => world.run(slot))) },
  { weight: 2, arbitrary: ofNth((world, nth) => world.task('stopping', nth, (slot) => world.end(slot))) },
  { weight: 1, arbitrary: ofNth((world, nth) => world.task('running', nth, (slot) => world.end(slot))) },
  { weight: 1, arbitrary: ofNth((world, nth) => world.task('started', nth, (slot) => world.end(slot))) },
  {
    weight: 3,
    arbitrary: fc.tuple(nat, fc.constantFrom<HealthStatus>('HEALTHY', 'UNHEALTHY', 'UNHEALTHY', 'UNKNOWN')).map(
      ([nth, status]): Step =>
        (world) =>
          world.task('running', nth, (slot) => world.say(slot, status)),
    ),
  },
  { weight: 2, arbitrary: ofNth((world, nth) => world.task('running', nth, (slot) => world.leave(slot, nth % 3 > 0))) },
  {
    weight: 2,
    arbitrary: nat.map(
      (desiredCount): Step =>
        (world) =>
          world.intend(() => ({ desiredCount })),
    ),
  },
  {
    weight: 2,
    arbitrary: percent.map(
      (scale): Step =>
        (world) =>
          world.add(scale),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(nat, percent).map(
      ([nth, scale]): Step =>
        (world) =>
          world.changeSet(nth, { scale }),
    ),
  },
  { weight: 1, arbitrary: ofNth((world, nth) => world.changeSet(nth, { status: 'DRAINING' })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(1_000, 3_000, 50_000).map(
      (ms): Step =>
        (world) => {
          world.now += ms;
        },
    ),
  },
);

/** Seconds of grace before a failing check counts; undefined when nothing checks its tasks. */
const checks = fc.constantFrom(undefined, 0, 30);
const percents = fc.constantFrom(
  { minimumHealthyPercent: 100, maximumPercent: 200 },
  { minimumHealthyPercent: 50, maximumPercent: 150 },
  { minimumHealthyPercent: 0, maximumPercent: 50 },
);

test('plan task sets, any schedule of scaling, deletions, crashes, drains and health, keeps to each share and converges', () => {
  fc.assert(
    fc.property(percents, fc.boolean(), checks, fc.array(step, { maxLength: 60, size: 'max' }), (...drawn) => {
      const [bounds, isDeleted, grace, steps] = drawn;
      const world = new World();
      world.isChecked = grace !== undefined;
      world.intend(() => ({ ...bounds, ...(grace ? { healthCheckGracePeriodSeconds: grace } : {}) }));
      for (const apply of steps) apply(world);
      // Where rounding leaves no room a task on a draining machine waits, as on ECS, until its operator gives it some.
      world.intend(() => ({ minimumHealthyPercent: 100, maximumPercent: 200 }));
      if (isDeleted) world.intend(() => ({ status: 'DRAINING', desiredCount: 0 }));
      for (let round = 0; round < 40; round += 1) {
        world.now += 400_000;
        world.reconcile();
        world.settle();
      }
      const { service } = world;
      if (isDeleted) expect([service.status, service.taskSets, world.chunks]).toEqual(['INACTIVE', [], []]);
      for (const set of service.taskSets) {
        expect(set.status).not.toBe('DRAINING');
        const own = world.slots().filter(({ deployment }) => deployment === set.deployment.id);
        expect(own.filter(isWanted)).toHaveLength(computedCount(service, set));
        const isWell = ({ phase, health }: PlacedSlot) => phase === 'empty' || health?.status === 'HEALTHY';
        if (world.isChecked) expect(own.every(isWell)).toBe(true);
        expect(own.every(({ phase, leaving }) => phase === 'empty' || (phase === 'running' && !leaving))).toBe(true);
      }
      expect(world.state?.taskSets?.every(({ isStable }) => isStable)).toBe(true);
      const { writes } = world;
      world.reconcile();
      expect(world.writes).toBe(writes);
    }),
    { numRuns: 500 },
  );
});

test('computed count, of any count and share with two decimals, is the exact quotient rounded up', () => {
  const hundredths = fc.nat({ max: 10_000 });
  fc.assert(
    fc.property(fc.nat({ max: 5_000 }), hundredths, (desiredCount, share) => {
      const exact = BigInt(desiredCount) * BigInt(share);
      const expected = Number((exact + 9_999n) / 10_000n);
      expect(computedCount({ status: 'ACTIVE', desiredCount }, { status: 'ACTIVE', scale: share / 100 })).toBe(
        expected,
      );
    }),
    { numRuns: 5_000 },
  );
});
