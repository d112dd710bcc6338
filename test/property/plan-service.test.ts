import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Deployment, Service, ServiceState, SlotChunk } from '#core/model/service.ts';
import { serviceLimits } from '#core/service/limits.ts';
import { planService } from '#core/service/plan-service.ts';
import type { ServiceAction, ServicePlan } from '#core/service/service-plan.ts';
import { type ServiceSnapshot, slotName } from '#core/service/service-snapshot.ts';
import {
  emptySlot,
  freeSlot,
  markSlotLeaving,
  markSlotRunning,
  markSlotStopping,
  startSlot,
} from '#core/service/slot-transitions.ts';
import { chunkOf, countPhase, isWanted, slotsOf, withSlot } from '#core/service/slots.ts';
import { timingsAt } from '#core/timings.ts';
import { aService } from '#test/support/a-service.ts';

const timings = timingsAt();

/** A world of one service: the planner's decisions are applied as the store would commit them. */
class World {
  now = 1_000;
  service: Service = aService({ desiredCount: 0 });
  state: ServiceState | undefined;
  chunks: SlotChunk[] = [];
  seenRunning = new Set<string>();
  readonly epochs = new Map<string, number>();
  writes = 0;

  snapshot(): ServiceSnapshot {
    const { service, state, chunks, seenRunning } = this;
    return { service, state, chunks, seenRunning, unplaced: [] };
  }

  slots() {
    return slotsOf(this.chunks);
  }

  reconcile(): ServicePlan {
    const plan = planService(this.snapshot(), this.now, timings);
    for (const action of plan.actions) this.apply(action);
    this.checkLimits(plan);
    const state = this.nextState(plan);
    if (plan.actions.length > 0 || JSON.stringify(state) !== JSON.stringify(this.state)) this.writes += 1;
    this.state = state;
    if (plan.outlook.ended) this.service = { ...this.service, status: 'INACTIVE' };
    return plan;
  }

  /** Invariants S3 and S4, at every commit. */
  private checkLimits(plan: ServicePlan): void {
    const { maximum, minimum } = serviceLimits(this.service);
    const started = plan.actions.filter(({ kind }) => kind === 'start').length;
    const wanted = this.slots().filter(isWanted).length;
    if (started > 0) expect(wanted).toBeLessThanOrEqual(maximum);
    const healthyStops = plan.actions.filter((action) => action.kind === 'stop' && action.healthy).length;
    if (healthyStops > 0) expect(countPhase(this.slots(), 'running')).toBeGreaterThanOrEqual(minimum);
  }

  private nextState(plan: ServicePlan): ServiceState {
    const { service } = this;
    return {
      cluster: service.cluster,
      name: service.name,
      generation: service.generation,
      deployments: plan.outlook.deployments,
      eventSequence: 0,
      steady: plan.outlook.steady,
      ...(plan.outlook.lastCompleted ? { lastCompleted: plan.outlook.lastCompleted } : {}),
    };
  }

  private apply(action: ServiceAction): void {
    if (action.kind === 'drop-chunk') {
      this.chunks = this.chunks.filter((c) => c.deployment !== action.deployment || c.chunk !== action.chunk);
      return;
    }
    const { deployment, index, epoch } = action;
    const chunk = this.chunkFor(deployment, index);
    if (action.kind === 'start') {
      const slot = chunk.slots.find((held) => held.index === index) ?? emptySlot(index);
      expect(slot.phase).toBe('empty');
      const name = `${deployment}/${index}`;
      // Invariant S7: an epoch is never reused.
      expect(epoch).toBeGreaterThan(this.epochs.get(name) ?? 0);
      this.epochs.set(name, epoch);
      this.put(withSlot(chunk, startSlot(slot)));
    } else if (action.kind === 'stop') this.put(markSlotStopping(chunk, index, epoch));
    else this.put(markSlotRunning(chunk, index, epoch, this.now));
  }

  private chunkFor(deployment: string, index: number): SlotChunk {
    const found = this.chunks.find((chunk) => chunk.deployment === deployment && chunk.chunk === chunkOf(index));
    const { cluster, name } = this.service;
    return found ?? { cluster, service: name, deployment, chunk: chunkOf(index), slots: [], failedTasks: 0 };
  }

  private put(chunk: SlotChunk): void {
    const others = this.chunks.filter((c) => c.deployment !== chunk.deployment || c.chunk !== chunk.chunk);
    this.chunks = [...others, chunk];
  }

  /** What machines do: tasks start, stop when told, or die. */
  private withNth(
    phase: 'started' | 'running' | 'stopping',
    nth: number,
    then: (slot: ReturnType<typeof slotsOf>[number]) => void,
  ) {
    const candidates = this.slots().filter((slot) => slot.phase === phase);
    const slot = candidates[nth % Math.max(1, candidates.length)];
    if (slot) then(slot);
  }

  run(nth: number): void {
    this.withNth('started', nth, (slot) => this.seenRunning.add(slotName(slot)));
  }

  end(phase: 'started' | 'running' | 'stopping', nth: number): void {
    this.withNth(phase, nth, ({ deployment, index, epoch }) => {
      const end = { at: this.now, failed: phase !== 'stopping' };
      this.put(freeSlot(this.chunkFor(deployment, index), index, epoch, end, timings));
    });
  }

  drain(nth: number, isLeaving: boolean): void {
    this.withNth('running', nth, ({ deployment, index, epoch }) =>
      this.put(markSlotLeaving(this.chunkFor(deployment, index), index, epoch, isLeaving)),
    );
  }

  change(change: Partial<Service>): void {
    if (this.service.status === 'ACTIVE')
      this.service = { ...this.service, ...change, generation: this.service.generation + 1 };
  }

  pass(ms: number): void {
    this.now += ms;
  }

  /** Every machine does what it was told. */
  settle(): void {
    for (const slot of this.slots()) {
      if (slot.phase === 'started') this.seenRunning.add(slotName(slot));
      if (slot.phase === 'stopping') {
        const end = { at: this.now, failed: false };
        this.put(freeSlot(this.chunkFor(slot.deployment, slot.index), slot.index, slot.epoch, end, timings));
      }
    }
  }
}

type Step = (world: World) => void;

const nat = fc.nat({ max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constant<Step>((world) => {
      world.reconcile();
    }),
  },
  {
    weight: 4,
    arbitrary: nat.map(
      (nth): Step =>
        (world) =>
          world.run(nth),
    ),
  },
  {
    weight: 2,
    arbitrary: nat.map(
      (nth): Step =>
        (world) =>
          world.end('stopping', nth),
    ),
  },
  {
    weight: 1,
    arbitrary: nat.map(
      (nth): Step =>
        (world) =>
          world.end('running', nth),
    ),
  },
  {
    weight: 1,
    arbitrary: nat.map(
      (nth): Step =>
        (world) =>
          world.end('started', nth),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(nat, fc.boolean()).map(
      ([nth, on]): Step =>
        (world) =>
          world.drain(nth, on),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.nat({ max: 12 }).map(
      (desiredCount): Step =>
        (world) =>
          world.change({ desiredCount }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.uuid().map(
      (id): Step =>
        (world) =>
          world.change({ deployment: { ...world.service.deployment, id } }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.nat({ max: 3_000 }).map(
      (ms): Step =>
        (world) =>
          world.pass(ms),
    ),
  },
);

/** Percentages that leave the scheduler room to roll. */
const percents = fc.constantFrom(
  { minimumHealthyPercent: 100, maximumPercent: 200 },
  { minimumHealthyPercent: 50, maximumPercent: 100 },
  { minimumHealthyPercent: 0, maximumPercent: 100 },
  { minimumHealthyPercent: 50, maximumPercent: 150 },
);

test('plan service, any schedule of changes, crashes and drains, keeps S3, S4 and S7 and then converges', () => {
  fc.assert(
    fc.property(percents, fc.array(step, { maxLength: 60 }), (bounds, steps) => {
      const world = new World();
      world.change(bounds);
      for (const apply of steps) apply(world);
      // Where rounding leaves no room between minimum and maximum a rollout waits, as on ECS, until its operator gives it some.
      const { minimum, maximum } = serviceLimits(world.service);
      if (minimum === maximum) world.change({ minimumHealthyPercent: 100, maximumPercent: 200 });
      for (let round = 0; round < 40; round += 1) {
        world.now += 400_000;
        world.reconcile();
        world.settle();
      }
      const running = world.slots().filter((slot) => slot.phase === 'running');
      expect(running).toHaveLength(world.service.desiredCount);
      expect(running.every((slot) => slot.deployment === world.service.deployment.id && !slot.leaving)).toBe(true);
      expect(world.state?.deployments.map((deployment: Deployment) => deployment.rolloutState)).toEqual(['COMPLETED']);
      const writes = world.writes;
      world.reconcile();
      expect(world.writes).toBe(writes);
    }),
    { numRuns: 2_000 },
  );
});
