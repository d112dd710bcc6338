import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Service, ServiceState, SlotChunk } from '#core/model/service.ts';
import type { HealthStatus } from '#core/model/task.ts';
import type { DaemonHost } from '#core/service/daemon-hosts.ts';
import { serviceLimits } from '#core/service/limits.ts';
import { planService } from '#core/service/plan-service.ts';
import type { ServiceAction, ServicePlan } from '#core/service/service-plan.ts';
import { slotName } from '#core/service/service-snapshot.ts';
import {
  emptySlot,
  freeSlot,
  markSlotHealth,
  markSlotRunning,
  markSlotStopping,
  startSlot,
} from '#core/service/slot-transitions.ts';
import { chunkOf, countPhase, isHealthy, isInFlux, type PlacedSlot, slotsOf, withSlot } from '#core/service/slots.ts';
import { timingsAt } from '#core/timings.ts';
import { aService } from '#test/support/a-service.ts';

const timings = timingsAt();
const MACHINES = ['a', 'b', 'c', 'd', 'e'] as const;
type State = DaemonHost['state'] | 'gone';

/** A world of one daemon and a few machines: decisions are applied as the store would commit them. */
class World {
  now = 1_000;
  service: Service = aService({
    scheduler: 'daemons',
    desiredCount: 0,
    minimumHealthyPercent: 0,
    maximumPercent: 100,
    circuitBreaker: { enable: false, rollback: false },
  });
  state: ServiceState | undefined;
  chunks: SlotChunk[] = [];
  readonly hosts = new Map<string, State>(MACHINES.map((name) => [name, 'gone']));
  readonly seenRunning = new Set<string>();
  /** What agents say of health; of a task that nothing checks nobody says anything. */
  readonly health = new Map<string, HealthStatus>();
  isChecked = false;
  readonly epochs = new Map<string, number>();
  writes = 0;

  ready(): readonly string[] {
    return MACHINES.filter((name) => this.hosts.get(name) === 'ready');
  }

  slots(): readonly PlacedSlot[] {
    return slotsOf(this.chunks);
  }

  reconcile(): ServicePlan {
    const { service, state, chunks, seenRunning } = this;
    const hosts = [...this.hosts].flatMap(([instanceId, host]) =>
      host === 'gone' ? [] : [{ instanceId, state: host }],
    );
    const asked = this.slots().filter(isInFlux).map(slotName);
    const seenHealth = new Map([...this.health].filter(([name]) => asked.includes(name)));
    const snapshot = { service, state, chunks, seenRunning, seenHealth, unplaced: [], hosts };
    const plan = planService(snapshot, this.now, timings);
    const healthyBefore = this.healthy();
    for (const action of plan.actions) this.apply(action);
    this.checkMinimum(plan, healthyBefore);
    const next: ServiceState = {
      cluster: service.cluster,
      name: service.name,
      generation: service.generation,
      deployments: plan.outlook.deployments,
      eventSequence: 0,
      steady: plan.outlook.steady,
      ...(plan.outlook.desiredCount === undefined ? {} : { desiredCount: plan.outlook.desiredCount }),
      ...(plan.outlook.lastCompleted ? { lastCompleted: plan.outlook.lastCompleted } : {}),
    };
    if (plan.actions.length > 0 || JSON.stringify(next) !== JSON.stringify(this.state)) this.writes += 1;
    this.state = next;
    return plan;
  }

  private healthy(): number {
    return this.slots().filter((slot) => isHealthy(slot, timings.healthyAfter, this.now)).length;
  }

  /** S4: what a plan stops of its own will leaves the minimum healthy, unless it was not there before. */
  private checkMinimum({ actions, outlook }: ServicePlan, healthyBefore: number): void {
    const desiredCount = outlook.desiredCount ?? Number.NaN;
    const { minimum } = serviceLimits({ ...this.service, desiredCount });
    const isAny = actions.some((action) => action.kind === 'stop' && action.healthy);
    if (isAny) expect(countPhase(this.slots(), 'running')).toBeGreaterThanOrEqual(minimum);
    if (this.healthy() < healthyBefore) expect(this.healthy()).toBeGreaterThanOrEqual(minimum);
  }

  private apply(action: ServiceAction): void {
    if (action.kind === 'drop-chunk') {
      this.chunks = this.chunks.filter((c) => c.deployment !== action.deployment || c.chunk !== action.chunk);
      return;
    }
    const { deployment, index, epoch } = action;
    const chunk = this.chunkFor(deployment, index);
    if (action.kind === 'start') {
      const { pinnedTo = '' } = action;
      const slot = chunk.slots.find((held) => held.index === index) ?? emptySlot(index);
      expect(slot.phase).toBe('empty');
      expect(this.hosts.get(pinnedTo)).toBe('ready');
      // Invariant: never two tasks on one machine, of whatever deployment, stopping ones included.
      expect(this.slots().filter((other) => other.pinnedTo === pinnedTo && other.phase !== 'empty')).toEqual([]);
      const name = `${deployment}/${index}`;
      // Invariant S7: an epoch is never reused.
      expect(epoch).toBeGreaterThan(this.epochs.get(name) ?? 0);
      this.epochs.set(name, epoch);
      this.put(withSlot(chunk, startSlot(slot, pinnedTo)));
    } else if (action.kind === 'stop') {
      if (action.isUnhealthy) this.checkIll(chunk, index);
      this.put(markSlotStopping(chunk, index, epoch));
    } else if (action.kind === 'fold-health') this.put(markSlotHealth(chunk, index, epoch, action.status, this.now));
    else this.put(markSlotRunning(chunk, index, epoch, this.now));
  }

  /** Who is stopped for its health is ill, had its time, and leaves a machine that takes another. */
  private checkIll({ slots }: SlotChunk, index: number): void {
    const { health, runningSince = 0, pinnedTo = '' } = slots.find((held) => held.index === index) ?? emptySlot(index);
    const { healthCheckGracePeriodSeconds = 0 } = this.service;
    expect([health?.status, this.hosts.get(pinnedTo)]).toEqual(['UNHEALTHY', 'ready']);
    expect(this.now).toBeGreaterThanOrEqual(runningSince + healthCheckGracePeriodSeconds * 1_000);
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

  private free({ deployment, index, epoch }: PlacedSlot, failed: boolean): void {
    this.put(freeSlot(this.chunkFor(deployment, index), index, epoch, { at: this.now, failed }, timings));
  }

  /** What happens to the task on a machine: it starts, it stops as it was told, or it dies. */
  happen(machine: string, what: 'run' | 'stop' | 'crash'): void {
    const slot = this.slots().find(({ pinnedTo, phase }) => pinnedTo === machine && phase !== 'empty');
    if (!slot) return;
    if (what === 'run' && slot.phase === 'started') {
      this.seenRunning.add(slotName(slot));
      if (this.isChecked) this.health.set(slotName(slot), 'UNKNOWN');
    }
    if (what === 'stop' && slot.phase === 'stopping') this.free(slot, false);
    if (what === 'crash') this.free(slot, slot.phase !== 'stopping');
  }

  /** An agent reports; what gets worse goes to the slot at once, as the report's transaction does it. */
  say(machine: string, status: HealthStatus): void {
    const slot = this.slots().find(({ pinnedTo, phase }) => pinnedTo === machine && phase === 'running');
    if (!slot || !this.isChecked) return;
    const { deployment, index, epoch } = slot;
    this.health.set(slotName(slot), status);
    if (status === 'HEALTHY') return;
    this.put(markSlotHealth(this.chunkFor(deployment, index), index, epoch, status, this.now));
  }

  become(machine: string, state: State): void {
    this.hosts.set(machine, state);
  }

  /** Its agent fell silent for good: all it held is over. */
  lose(machine: string): void {
    for (const slot of this.slots()) if (slot.pinnedTo === machine && slot.phase !== 'empty') this.free(slot, false);
    this.hosts.set(machine, 'away');
  }

  change(change: Partial<Service>): void {
    this.service = { ...this.service, ...change, generation: this.service.generation + 1 };
  }

  /** Every machine does what it was told. */
  settle(): void {
    for (const machine of MACHINES) {
      this.happen(machine, 'run');
      this.happen(machine, 'stop');
    }
    // Who fails its check goes on failing it; all others pass.
    for (const [name, status] of this.health) if (status === 'UNKNOWN') this.health.set(name, 'HEALTHY');
  }
}

type Step = (world: World) => void;

const machine = fc.constantFrom(...MACHINES);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Step>((world) => void world.reconcile()) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(machine, fc.constantFrom('run' as const, 'run' as const, 'stop' as const, 'crash' as const))
      .map(
        ([name, what]): Step =>
          (world) =>
            world.happen(name, what),
      ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(machine, fc.constantFrom<State>('ready', 'ready', 'ready', 'away', 'emptying', 'gone')).map(
      ([name, state]): Step =>
        (world) =>
          world.become(name, state),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(machine, fc.constantFrom<HealthStatus>('HEALTHY', 'UNHEALTHY', 'UNHEALTHY', 'UNKNOWN')).map(
      ([name, status]): Step =>
        (world) =>
          world.say(name, status),
    ),
  },
  {
    weight: 1,
    arbitrary: machine.map(
      (name): Step =>
        (world) =>
          world.lose(name),
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
    weight: 3,
    arbitrary: fc.nat({ max: 50_000 }).map(
      (ms): Step =>
        (world) => {
          world.now += ms;
        },
    ),
  },
);

/** Seconds of grace before a failing check counts; undefined when nothing checks its tasks. */
const checks = fc.constantFrom(undefined, 0, 30);
const percents = fc.constantFrom(0, 25, 50, 75, 100);

test('plan daemons, any schedule of machines, crashes, health and revisions, never two on a machine, the minimum holds, one on each in the end', () => {
  fc.assert(
    fc.property(
      percents,
      checks,
      fc.array(step, { maxLength: 80, size: 'max' }),
      (minimumHealthyPercent, grace, steps) => {
        const world = new World();
        world.isChecked = grace !== undefined;
        world.change({ minimumHealthyPercent, ...(grace ? { healthCheckGracePeriodSeconds: grace } : {}) });
        for (const apply of steps) apply(world);
        // Where the minimum is everything a rollout waits, as on ECS, until its operator gives it some room.
        world.change({ minimumHealthyPercent: 0 });
        for (const [name, state] of world.hosts) if (state !== 'ready') world.become(name, 'gone');
        for (let round = 0; round < 12; round += 1) {
          world.now += 400_000;
          world.reconcile();
          world.settle();
        }
        const running = world.slots().filter(({ phase }) => phase !== 'empty');
        expect(running.map(({ pinnedTo }) => pinnedTo).sort()).toEqual(world.ready());
        expect(running.every((slot) => slot.phase === 'running')).toBe(true);
        if (world.isChecked) expect(running.every(({ health }) => health?.status === 'HEALTHY')).toBe(true);
        expect(running.every((slot) => slot.deployment === world.service.deployment.id)).toBe(true);
        expect(world.state).toMatchObject({ steady: true, desiredCount: world.ready().length });
        expect(world.state?.deployments.map(({ rolloutState }) => rolloutState)).toEqual(['COMPLETED']);
        const writes = world.writes;
        world.reconcile();
        expect(world.writes).toBe(writes);
      },
    ),
    { numRuns: 3_000 },
  );
});

test('plan daemons, machines that come and go for long, use no more slots than there were machines at once', () => {
  const world = new World();
  for (let round = 0; round < 50; round += 1) {
    for (const [at, name] of MACHINES.entries()) world.become(name, (round + at) % 3 === 0 ? 'ready' : 'gone');
    for (let turn = 0; turn < 4; turn += 1) {
      world.now += 100_000;
      world.reconcile();
      world.settle();
    }
    expect(world.slots().length).toBeLessThanOrEqual(MACHINES.length);
  }
  expect(world.ready().length).toBeGreaterThan(0);
});
