import { expect } from 'vitest';
import type { Reservation } from '#core/model/container-instance.ts';
import type { Service, ServiceState, SlotChunk } from '#core/model/service.ts';
import type { Task } from '#core/model/task.ts';
import { type Candidate, place } from '#core/placement/place.ts';
import { hold, markStopping, release } from '#core/placement/reserve.ts';
import { serviceLimits } from '#core/service/limits.ts';
import { planService } from '#core/service/plan-service.ts';
import type { ServiceAction } from '#core/service/service-plan.ts';
import { slotName } from '#core/service/service-snapshot.ts';
import { ZONE, zoneOf } from '#core/service/sites.ts';
import { nextZoneOf, sitesOf } from '#core/service/sites-of.ts';
import { sitesWanted } from '#core/service/sites-wanted.ts';
import {
  emptySlot,
  freeSlot,
  markSlotRunning,
  markSlotStopping,
  protectSlot,
  startSlot,
} from '#core/service/slot-transitions.ts';
import { isWanted, slotsOf, withSlot } from '#core/service/slots.ts';
import { timingsAt } from '#core/timings.ts';
import { aService } from '#test/support/a-service.ts';
import { candidate, held, task } from '../unit/core/placement/builders.ts';

const timings = timingsAt();
export const ZONES = ['a', 'b', 'c'] as const;
type Zone = (typeof ZONES)[number];

/** One rebalanced service on machines in zones; placement and rebalancing decide with their real code. */
export class RebalanceWorld {
  now = 1_000_000;
  readonly service: Service;
  state: ServiceState | undefined;
  chunk: SlotChunk;
  fleet: readonly Candidate[] = [];
  started = 0;
  stopped = 0;
  /** The fewest healthy tasks any healthy stop left so far. */
  leastHealthy = Number.POSITIVE_INFINITY;
  writes = 0;

  constructor(changes: Partial<Service>) {
    this.service = aService({ availabilityZoneRebalancing: 'ENABLED', ...changes });
    const { cluster, name, deployment } = this.service;
    this.chunk = { cluster, service: name, deployment: deployment.id, chunk: 0, slots: [], failedTasks: 0 };
  }

  /** A machine with room for so many tasks of the service. */
  addMachine(zone: Zone, room: number): void {
    const total = { cpu: 256 * room, memory: 512 * room };
    const added = candidate(`${zone}${this.fleet.length}`, { attributes: { [ZONE]: zone }, total });
    this.fleet = [...this.fleet, added];
  }

  slots() {
    return slotsOf([this.chunk]);
  }

  wanted() {
    return this.slots().filter(isWanted);
  }

  /** Tasks of the service that stay, by zone. */
  counts(): readonly number[] {
    return ZONES.map((zone) => {
      const machines = this.fleet.filter(({ reservation }) => zoneOf(reservation) === zone);
      return machines.flatMap(({ reservation }) =>
        reservation.tasks.filter(({ group, stop }) => group === 'service:web' && !stop),
      ).length;
    });
  }

  reconcile(): void {
    const stands = { service: this.service, state: this.state, chunks: [this.chunk] };
    const asked = sitesWanted(stands);
    const found = sitesOf(stands, this.fleet, slotName);
    const nextZone = asked === 'where-next' ? nextZoneOf(this.#taskOf('next'), this.fleet) : undefined;
    const sites = { ...found, ...(nextZone === undefined ? {} : { nextZone }) };
    const seenRunning = new Set(
      this.slots().flatMap((slot) =>
        slot.phase === 'started' && this.#machineOf(slotName(slot)) ? [slotName(slot)] : [],
      ),
    );
    const plan = planService(
      { ...stands, seenRunning, unplaced: this.#unplaced(), ...(asked === 'nothing' ? {} : { sites }) },
      this.now,
      timings,
    );
    for (const action of plan.actions) this.#apply(action);
    this.#checkLimits(plan.actions);
    const { deployments, steady, rebalance } = plan.outlook;
    const { cluster, name, generation } = this.service;
    const state = {
      cluster,
      name,
      generation,
      deployments,
      eventSequence: 0,
      steady,
      ...(rebalance ? { rebalance } : {}),
    };
    if (plan.actions.length > 0 || JSON.stringify(state) !== JSON.stringify(this.state)) this.writes += 1;
    this.state = state;
  }

  #unplaced() {
    const isWaiting = this.slots().some((slot) => slot.phase === 'started' && !this.#machineOf(slotName(slot)));
    return isWaiting ? [{ considered: this.fleet.length, rejected: { 'RESOURCE:CPU': this.fleet.length } }] : [];
  }

  /** Invariants S3 and S4. */
  #checkLimits(actions: readonly ServiceAction[]): void {
    const { maximum, minimum } = serviceLimits(this.service);
    const starts = actions.filter(({ kind }) => kind === 'start').length;
    if (starts > 0) expect(this.wanted().length).toBeLessThanOrEqual(maximum);
    const isAnyHealthyStop = actions.some((action) => action.kind === 'stop' && action.healthy);
    const fit = this.slots().filter(
      ({ phase, runningSince = 0 }) => phase === 'running' && runningSince + timings.healthyAfter <= this.now,
    );
    if (!isAnyHealthyStop) return;
    expect(fit.length).toBeGreaterThanOrEqual(minimum);
    this.leastHealthy = Math.min(this.leastHealthy, fit.length);
  }

  #apply(action: ServiceAction): void {
    if (action.kind === 'drop-chunk') return;
    const { index, epoch } = action;
    if (action.kind === 'start') {
      const slot = this.chunk.slots.find((it) => it.index === index) ?? emptySlot(index);
      this.chunk = withSlot(this.chunk, startSlot(slot));
      this.started += 1;
    } else if (action.kind === 'stop') {
      this.chunk = markSlotStopping(this.chunk, index, epoch);
      this.#change(slotName(action), (it) => markStopping(it, new Set([slotName(action)])));
      this.stopped += 1;
    } else this.chunk = markSlotRunning(this.chunk, index, epoch, this.now);
  }

  #change(name: string, next: (reservation: Reservation) => Reservation): void {
    this.fleet = this.fleet.map((it) => {
      const isThere = it.reservation.tasks.some(({ taskId }) => taskId === name);
      return isThere ? { ...it, reservation: next(it.reservation) } : it;
    });
  }

  #machineOf(name: string): Candidate | undefined {
    return this.fleet.find(({ reservation }) => reservation.tasks.some(({ taskId }) => taskId === name));
  }

  #taskOf(name: string): Task {
    const slot = { service: 'web', deployment: this.service.deployment.id, index: 0 };
    const { placementStrategy, placementConstraints } = this.service;
    const resources = { cpu: 256, memory: 512 };
    return task(name, {
      slot,
      group: 'service:web',
      resources,
      hostPorts: [],
      placementStrategy,
      placementConstraints,
    });
  }

  /** Placement gives waiting tasks machines, agents stop what they were told to. */
  settle(draw: number): void {
    for (const slot of this.slots()) {
      const name = slotName(slot);
      if (slot.phase === 'stopping') {
        this.#change(name, (it) => release(it, new Set([name])));
        this.chunk = freeSlot(this.chunk, slot.index, slot.epoch, { at: this.now, failed: false }, timings);
      } else if (slot.phase === 'started' && !this.#machineOf(name)) this.#place(name, draw);
    }
  }

  #place(name: string, draw: number): void {
    const [decision] = place([this.#taskOf(name)], this.fleet, () => draw);
    if (decision?.kind !== 'placed') return;
    this.fleet = this.fleet.map((it) =>
      it.reservation.instanceId === decision.instanceId
        ? { ...it, reservation: hold(it.reservation, decision.task) }
        : it,
    );
  }

  /** The nth task dies by itself. */
  crash(nth: number): void {
    const running = this.slots().filter(({ phase }) => phase === 'running');
    const slot = running[nth % Math.max(1, running.length)];
    if (!slot) return;
    this.#change(slotName(slot), (it) => release(it, new Set([slotName(slot)])));
    const end = { at: this.now, failed: true, startedAt: slot.runningSince ?? 0 };
    this.chunk = freeSlot(this.chunk, slot.index, slot.epoch, end, timings);
  }

  protect(nth: number, until: number): void {
    const running = this.slots().filter(({ phase }) => phase === 'running');
    const slot = running[nth % Math.max(1, running.length)];
    if (slot) this.chunk = protectSlot(this.chunk, slot.index, slot.epoch, until);
  }

  /** Somebody else's task takes the room of one task on a machine that has it. */
  occupy(nth: number): void {
    const at = nth % Math.max(1, this.fleet.length);
    this.fleet = this.fleet.map((it, position) => {
      const other = held(`other-${this.now}-${nth}`, { group: 'family:other' });
      const isFull =
        place([task('x', { resources: { cpu: 256, memory: 512 }, hostPorts: [] })], [it], () => 0)[0]?.kind !==
        'placed';
      if (position !== at || isFull) return it;
      return { ...it, reservation: { ...it.reservation, tasks: [...it.reservation.tasks, other] } };
    });
  }

  /** Rounds of one minute until nothing is written for as long as a failed move rests. */
  rounds(limit: number, draw: number, each: () => void = () => undefined): number {
    let quiet = 0;
    for (let round = 0; round < limit; round += 1) {
      const before = this.writes;
      this.now += 60_000;
      this.reconcile();
      this.settle(draw);
      each();
      quiet = this.writes === before ? quiet + 1 : 0;
      if (quiet > 7) return round;
    }
    throw new Error('the service never came to rest');
  }
}
