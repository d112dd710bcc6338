import { expect } from 'vitest';
import type { Service, ServiceState, SlotChunk } from '#core/model/service.ts';
import type { HealthStatus } from '#core/model/task.ts';
import { serviceLimits } from '#core/service/limits.ts';
import { planService } from '#core/service/plan-service.ts';
import type { ServiceAction, ServicePlan } from '#core/service/service-plan.ts';
import { type ServiceSnapshot, slotName } from '#core/service/service-snapshot.ts';
import {
  emptySlot,
  freeSlot,
  markSlotHealth,
  markSlotLeaving,
  markSlotRunning,
  markSlotStopping,
  startSlot,
} from '#core/service/slot-transitions.ts';
import { chunkOf, countPhase, isHealthy, isInFlux, isWanted, slotsOf, withSlot } from '#core/service/slots.ts';
import { timingsAt } from '#core/timings.ts';
import { aService } from '#test/support/a-service.ts';

const timings = timingsAt();

/** A world of one service: the planner's decisions are applied as the store would commit them. */
export class ServiceWorld {
  now = 1_000;
  service: Service = aService({ desiredCount: 0 });
  state: ServiceState | undefined;
  chunks: SlotChunk[] = [];
  seenRunning = new Set<string>();
  /** What agents say of health; of a task that nothing checks nobody says anything. */
  readonly health = new Map<string, HealthStatus>();
  isChecked = false;
  readonly epochs = new Map<string, number>();
  writes = 0;

  snapshot(): ServiceSnapshot {
    const { service, state, chunks, seenRunning } = this;
    const asked = this.slots().filter(isInFlux).map(slotName);
    const seenHealth = new Map([...this.health].filter(([name]) => asked.includes(name)));
    return { service, state, chunks, seenRunning, seenHealth, unplaced: [] };
  }

  slots() {
    return slotsOf(this.chunks);
  }

  reconcile(): ServicePlan {
    const plan = planService(this.snapshot(), this.now, timings);
    const healthy = new Set(this.healthy());
    for (const action of plan.actions) this.apply(action);
    this.checkLimits(plan);
    this.checkHealth(plan, healthy);
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

  /** Invariant S4, counted over tasks that are known to be healthy: whoever stops one of them leaves enough of them. */
  private checkHealth(plan: ServicePlan, before: ReadonlySet<string>): void {
    const stops = plan.actions.flatMap((action) => (action.kind === 'stop' ? [slotName(action)] : []));
    if (!stops.some((name) => before.has(name))) return;
    expect(this.healthy().length).toBeGreaterThanOrEqual(serviceLimits(this.service).minimum);
  }

  private healthy(): readonly string[] {
    return this.slots()
      .filter((slot) => isHealthy(slot, timings.healthyAfter, this.now))
      .map(slotName);
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
    else if (action.kind === 'fold-health') {
      this.put(markSlotHealth(chunk, index, epoch, action.status, this.now));
    } else this.put(markSlotRunning(chunk, index, epoch, this.now));
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
    this.withNth('started', nth, (slot) => this.begin(slotName(slot)));
  }

  private begin(name: string): void {
    this.seenRunning.add(name);
    if (this.isChecked && !this.health.has(name)) this.health.set(name, 'UNKNOWN');
  }

  /** An agent reports; what gets worse goes to the slot at once, as the report's transaction does it. */
  say(nth: number, status: HealthStatus): void {
    if (!this.isChecked) return;
    this.withNth('running', nth, ({ deployment, index, epoch }) => {
      this.health.set(slotName({ deployment, index, epoch }), status);
      if (status === 'HEALTHY') return;
      this.put(markSlotHealth(this.chunkFor(deployment, index), index, epoch, status, this.now));
    });
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
      const name = slotName(slot);
      if (slot.phase === 'started') this.begin(name);
      // Who fails its check goes on failing it; all others pass.
      if (this.health.get(name) === 'UNKNOWN') this.health.set(name, 'HEALTHY');
      if (slot.phase === 'stopping') {
        const end = { at: this.now, failed: false };
        this.put(freeSlot(this.chunkFor(slot.deployment, slot.index), slot.index, slot.epoch, end, timings));
      }
    }
  }
}
