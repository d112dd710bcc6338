import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HookAction, LifecycleHook, RolloutConfiguration, TrafficSplit } from '#core/model/rollout.ts';
import type { Deployment, Service, ServiceState, SlotChunk } from '#core/model/service.ts';
import { planService } from '#core/service/plan-service.ts';
import type { ServiceAction, ServicePlan } from '#core/service/service-plan.ts';
import { type ServiceSnapshot, slotName } from '#core/service/service-snapshot.ts';
import { emptySlot, freeSlot, markSlotRunning, markSlotStopping, startSlot } from '#core/service/slot-transitions.ts';
import { chunkOf, isHealthy, isWanted, slotsOf, withSlot } from '#core/service/slots.ts';
import { timingsAt } from '#core/timings.ts';
import { aDeployment, aService } from '#test/support/a-service.ts';

const timings = timingsAt();
const DESIRED = 3;
const BLUE = aDeployment({ id: 'ecs-svc/1' });
const GREEN = aDeployment({ id: 'ecs-svc/2' });

/** Plain throws: an expect at every step of every case takes longer than the planner. */
function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** A service whose first deployment is complete and whose second one shifts traffic; the store and the router never fail. */
class World {
  now = 1_000_000;
  service: Service;
  state: ServiceState;
  chunks: SlotChunk[];
  readonly splits: TrafficSplit[] = [];
  readonly crashed = new Set<string>();

  constructor(rollout: RolloutConfiguration) {
    this.service = aService({ desiredCount: DESIRED, deployment: GREEN, rollout, generation: 2 });
    const blue: Deployment = { ...BLUE, rolloutState: 'COMPLETED', updatedAt: 0, failedTasks: 0 };
    this.state = {
      cluster: 'default',
      name: 'web',
      generation: 1,
      deployments: [blue],
      eventSequence: 0,
      steady: false,
      lastCompleted: BLUE,
    };
    const slots = Array.from(
      { length: DESIRED },
      (_, index) => ({ ...startSlot(emptySlot(index)), phase: 'running', runningSince: 0 }) as const,
    );
    this.chunks = [{ cluster: 'default', service: 'web', deployment: BLUE.id, chunk: 0, slots, failedTasks: 0 }];
  }

  get shift() {
    return this.state.deployments.find(({ id }) => id === GREEN.id)?.shift;
  }

  healthy(deployment: string): number {
    return slotsOf(this.chunks).filter(
      (slot) => slot.deployment === deployment && isHealthy(slot, timings.healthyAfter, this.now),
    ).length;
  }

  wanted(deployment: string): number {
    return slotsOf(this.chunks).filter((slot) => slot.deployment === deployment && isWanted(slot)).length;
  }

  production(): number {
    return this.splits.at(-1)?.shares.find(({ deployment }) => deployment === GREEN.id)?.production ?? 0;
  }

  reconcile(): ServicePlan {
    const seenRunning = new Set(
      slotsOf(this.chunks)
        .filter(({ phase }) => phase === 'started')
        .map(slotName),
    );
    const snapshot: ServiceSnapshot = {
      service: this.service,
      state: this.state,
      chunks: this.chunks,
      seenRunning,
      unplaced: [],
    };
    check(this);
    const plan = planService(snapshot, this.now, timings);
    const { traffic } = plan.outlook;
    const wasWhole = this.healthy(GREEN.id) === DESIRED;
    const share = this.shift?.traffic.production ?? 0;
    const { stage } = this.shift ?? {};
    if (traffic) this.take(traffic);
    for (const action of plan.actions) this.apply(action);
    const { deployments, steady, lastCompleted, rollback, trafficSequence = this.state.trafficSequence } = plan.outlook;
    this.state = {
      ...this.state,
      generation: this.service.generation,
      deployments,
      steady,
      ...(lastCompleted ? { lastCompleted } : {}),
      ...(trafficSequence === undefined ? {} : { trafficSequence }),
    };
    // Invariant: more production traffic is asked for only while every task of the new revision is healthy.
    must(wasWhole || (this.shift?.traffic.production ?? 0) <= share, 'traffic asked for while tasks are not healthy');
    // Invariant: so is the source stopped.
    const isCleaned = stage === 'BAKE_TIME' && this.shift?.stage === 'CLEAN_UP';
    must(wasWhole || !isCleaned, 'source stopped beside tasks that are not healthy');
    if (rollback) this.service = { ...this.service, deployment: rollback, generation: this.service.generation + 1 };
    return plan;
  }

  /** Invariant: shares grow but in a rollback. */
  private take(split: TrafficSplit): void {
    const before = this.production();
    const sequence = this.splits.at(-1)?.sequence ?? 0;
    this.splits.push(split);
    must(split.sequence > sequence, 'a sequence that does not grow');
    const all = split.shares.reduce((sum, { production }) => sum + production, 0);
    must(Math.abs(all - 100) < 1e-6, `shares of ${all} percent`);
    const isBack = this.shift?.takenBack !== undefined;
    must(isBack ? this.production() === 0 : this.production() >= before, 'a share that shrinks but is not taken back');
  }

  private apply(action: ServiceAction): void {
    if (action.kind === 'drop-chunk') {
      this.chunks = this.chunks.filter(({ deployment }) => deployment !== action.deployment);
      return;
    }
    const { deployment, index, epoch } = action;
    const chunk = this.chunkFor(deployment, index);
    if (action.kind === 'start')
      this.put(withSlot(chunk, startSlot(chunk.slots.find((slot) => slot.index === index) ?? emptySlot(index))));
    else if (action.kind === 'stop') this.put(markSlotStopping(chunk, index, epoch));
    else this.put(markSlotRunning(chunk, index, epoch, this.now));
  }

  private chunkFor(deployment: string, index: number): SlotChunk {
    const found = this.chunks.find((chunk) => chunk.deployment === deployment && chunk.chunk === chunkOf(index));
    return (
      found ?? { cluster: 'default', service: 'web', deployment, chunk: chunkOf(index), slots: [], failedTasks: 0 }
    );
  }

  private put(chunk: SlotChunk): void {
    this.chunks = [...this.chunks.filter(({ deployment }) => deployment !== chunk.deployment), chunk];
  }

  /** Tasks that were told to stop have stopped. */
  stopped(): void {
    this.end(({ phase }) => phase === 'stopping', false);
  }

  crash(deployment: string, nth: number): void {
    const running = slotsOf(this.chunks).filter((slot) => slot.deployment === deployment && slot.phase === 'running');
    const victim = running[nth % Math.max(1, running.length)];
    if (victim) this.end((slot) => slotName(slot) === slotName(victim), true);
  }

  private end(isOver: (slot: ReturnType<typeof slotsOf>[number]) => boolean, failed: boolean): void {
    for (const { deployment, index, epoch } of slotsOf(this.chunks).filter(isOver)) {
      this.put(freeSlot(this.chunkFor(deployment, index), index, epoch, { at: this.now, failed }, timings));
    }
  }

  answer(action: HookAction): void {
    const hook = this.shift?.hooks.find(({ status }) => status === 'AWAITING_ACTION');
    if (!hook) return;
    const hookAnswers = [...(this.service.hookAnswers ?? []), { hookId: hook.hookId, action }];
    this.service = { ...this.service, hookAnswers, generation: this.service.generation + 1 };
  }

  stop(rollback: boolean): void {
    const green = this.state.deployments.find(({ id }) => id === GREEN.id);
    if (this.service.deployment.id !== GREEN.id || green?.rolloutState !== 'IN_PROGRESS') return;
    this.service = {
      ...this.service,
      stopDeployment: { id: GREEN.id, rollback },
      generation: this.service.generation + 1,
    };
  }

  pass(ms: number): void {
    this.now += ms;
  }

  /** Everything that follows without time passing. */
  settle(): void {
    for (let round = 0; round < 30; round += 1) {
      const { actions, outlook } = this.reconcile();
      this.stopped();
      if (actions.length === 0 && (outlook.nextCheckAt ?? Number.POSITIVE_INFINITY) > this.now) return;
    }
  }
}

const minutes = fc.nat({ max: 5 });
const hook: fc.Arbitrary<LifecycleHook> = fc.record({
  targetType: fc.constant('PAUSE' as const),
  lifecycleStages: fc.subarray(
    [
      'PRE_SCALE_UP',
      'POST_SCALE_UP',
      'POST_TEST_TRAFFIC_SHIFT',
      'PRE_PRODUCTION_TRAFFIC_SHIFT',
      'POST_PRODUCTION_TRAFFIC_SHIFT',
    ],
    { minLength: 1 },
  ),
  timeoutConfiguration: fc.record({
    timeoutInMinutes: fc.integer({ min: 1, max: 20 }),
    action: fc.constantFrom<HookAction>('CONTINUE', 'ROLLBACK'),
  }),
});
const rollouts: fc.Arbitrary<RolloutConfiguration> = fc
  .record({
    bakeTimeInMinutes: minutes,
    lifecycleHooks: fc.array(hook, { maxLength: 2 }),
    step: fc.integer({ min: 30, max: 1_000 }),
    stepBake: minutes,
    strategy: fc.constantFrom('BLUE_GREEN' as const, 'LINEAR' as const, 'CANARY' as const),
  })
  .map(({ step, stepBake, strategy, ...rest }) => ({
    ...rest,
    strategy,
    ...(strategy === 'LINEAR'
      ? { linearConfiguration: { stepPercent: step / 10, stepBakeTimeInMinutes: stepBake } }
      : {}),
    ...(strategy === 'CANARY'
      ? { canaryConfiguration: { canaryPercent: step / 10, canaryBakeTimeInMinutes: stepBake } }
      : {}),
  }));

type Step = (world: World) => void;
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Step>((world) => void world.reconcile()) },
  { weight: 30, arbitrary: fc.constant<Step>((world) => world.settle()) },
  { weight: 6, arbitrary: fc.constant<Step>((world) => world.stopped()) },
  {
    weight: 20,
    arbitrary: fc.constantFrom(10_000, 41_000, 60_000, 130_000).map(
      (ms): Step =>
        (world) =>
          world.pass(ms),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.nat({ max: 5 }).map(
      (nth): Step =>
        (world) =>
          world.crash(GREEN.id, nth),
    ),
  },
  { weight: 12, arbitrary: fc.constant<Step>((world) => world.answer('CONTINUE')) },
  { weight: 1, arbitrary: fc.constant<Step>((world) => world.answer('ROLLBACK')) },
  {
    weight: 1,
    arbitrary: fc.boolean().map(
      (rollback): Step =>
        (world) =>
          world.stop(rollback),
    ),
  },
);

/** What must hold at any time, whoever moved. */
function check(world: World): void {
  const stage = world.shift?.stage;
  const isTakenBack = world.service.deployment.id !== GREEN.id;
  const isBlueWhole = world.healthy(BLUE.id) === DESIRED;
  // Nothing crashes the old revision here, so only the planner can have stopped it.
  must(isBlueWhole || stage === undefined || stage === 'CLEAN_UP', `the old revision lost tasks at ${stage}`);
  must(
    !isTakenBack || (isBlueWhole && world.production() === 0),
    'a deployment taken back left traffic or tasks behind',
  );
  must(world.wanted(GREEN.id) <= DESIRED, 'more new tasks than wanted');
}

test('deployment that shifts traffic, any schedule of time, crashes, answers and stops, keeps the old revision whole and ends', () => {
  fc.assert(
    fc.property(rollouts, fc.array(steps, { minLength: 10, maxLength: 60, size: 'max' }), (rollout, schedule) => {
      const world = new World(rollout);
      for (const step of schedule) {
        step(world);
        check(world);
      }
      for (let round = 0; round < 5 || (round < 200 && !world.state.steady); round += 1) {
        world.now += 400_000;
        world.answer('CONTINUE');
        world.settle();
      }
      const [current, ...others] = world.state.deployments;
      const isStopped = world.service.stopDeployment?.rollback === false && current?.rolloutState === 'FAILED';
      if (isStopped) return;
      expect(others).toEqual([]);
      expect(current?.rolloutState).toBe('COMPLETED');
      expect(world.wanted(world.service.deployment.id)).toBe(DESIRED);
      expect(slotsOf(world.chunks).filter(isWanted)).toHaveLength(DESIRED);
      expect(world.production()).toBe(current?.id === GREEN.id ? 100 : 0);
      const { actions, outlook } = world.reconcile();
      expect(actions).toEqual([]);
      expect(outlook).toMatchObject({ steady: true, deployments: [current] });
    }),
    { numRuns: 200 },
  );
});
