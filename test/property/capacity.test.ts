import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CapacityBounds, type CapacityPlan, planCapacity } from '#core/capacity/plan-capacity.ts';
import type { CapacityState, Reservation } from '#core/model/container-instance.ts';
import type { Task } from '#core/model/task.ts';
import { place } from '#core/placement/place.ts';
import { hold } from '#core/placement/reserve.ts';
import { reservation, task } from '../unit/core/placement/builders.ts';

const size = { cpu: 1024, memory: 2048 };
const timings = { machineStart: 1_000, machineIdle: 500 };
const STEP = 200;
/** Longer than a machine may be idle, so that only the warm-up keeps some. */
const WARMUP = 1_500;

const policies = fc
  .tuple(
    fc.nat(3),
    fc.nat(2),
    fc.nat(4),
    fc.option(fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 3 }), fc.nat(3))),
    fc.option(fc.constantFrom('empty' as const, 'drained' as const, 'stopped' as const)),
  )
  .map(
    ([min, standby, more, scaling, leaving]): Policy => ({
      ...(leaving && { leaving }),
      min,
      standby,
      max: min + more,
      size,
      ...(scaling && {
        scaling: {
          targetCapacity: scaling[0],
          minimumStep: scaling[1],
          maximumStep: scaling[1] + scaling[2],
          warmup: WARMUP,
        },
      }),
    }),
  );

/** What happens to the cluster between two runs. */
type Happening =
  | { readonly kind: 'arrive'; readonly cpu: number }
  | { readonly kind: 'finish' }
  | { readonly kind: 'crash' };
const happenings = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('arrive' as const), cpu: fc.integer({ min: 1, max: 1500 }) }),
    fc.constant({ kind: 'finish' as const }),
    fc.constant({ kind: 'crash' as const }),
  ),
  { maxLength: 12 },
);

type Policy = CapacityBounds;

/** A small world: machines register one step after their launch, and tasks are placed at once. */
class World {
  readonly machines = new Map<string, 'running' | 'stopped'>();
  policy: Policy;
  instances: Reservation[] = [];
  waiting: Task[] = [];
  state: CapacityState | undefined;
  now = 1_000_000;
  #made = 0;
  readonly #own: { readonly capacityProvider?: string };

  constructor(policy: Policy, capacityProvider?: string) {
    this.policy = policy;
    this.#own = capacityProvider === undefined ? {} : { capacityProvider };
  }

  happen(happening: Happening): void {
    if (happening.kind === 'arrive') {
      this.#made += 1;
      this.waiting.push(
        task(`t${this.#made}`, { ...this.#own, launchType: 'EC2', resources: { cpu: happening.cpu, memory: 64 } }),
      );
    }
    if (happening.kind === 'finish') this.instances = this.instances.map((it) => ({ ...it, tasks: it.tasks.slice(1) }));
    if (happening.kind === 'crash') {
      const [machineId] = this.machines.keys();
      if (machineId === undefined) return;
      this.machines.set(machineId, 'stopped');
      this.instances = this.instances.map((it) => (it.machineId === machineId ? { ...it, tasks: [] } : it));
    }
  }

  step(): CapacityPlan {
    this.now += STEP;
    this.#register();
    this.#place();
    const plan = this.plan();
    this.#apply(plan);
    return plan;
  }

  /** `others`: instances of another provider, which are in the cluster, too. */
  plan(others: readonly Reservation[] = []): CapacityPlan {
    return planCapacity({
      policy: this.policy,
      machines: [...this.machines].map(([machineId, state]) => ({ machineId, state })),
      state: this.state,
      instances: [...others.map((it) => ({ reservation: it, connected: true })), ...this.#candidates()],
      unplaced: this.waiting,
      cluster: 'default',
      ...this.#own,
      now: this.now,
      timings,
    });
  }

  #candidates() {
    return this.instances.map((it) => ({
      reservation: it,
      connected: this.machines.get(it.machineId ?? '') === 'running',
    }));
  }

  #register(): void {
    const known = new Set(this.instances.map(({ machineId }) => machineId));
    for (const [machineId, state] of this.machines) {
      if (state === 'running' && !known.has(machineId)) {
        this.instances.push(reservation(`i-${machineId}`, { machineId, total: size, ...this.#own }));
      }
    }
  }

  #place(): void {
    const decisions = place(this.waiting, this.#candidates(), () => 0);
    this.waiting = decisions.flatMap((it) => (it.kind === 'unplaced' ? [it.task] : []));
    for (const it of decisions) {
      if (it.kind === 'unplaced') continue;
      this.instances = this.instances.map((one) => (one.instanceId === it.instanceId ? hold(one, it.task) : one));
    }
  }

  #apply({ actions, state }: CapacityPlan): void {
    let machines = [...state.machines];
    for (const action of actions) {
      switch (action.kind) {
        case 'launch':
          for (let count = 0; count < action.count; count += 1) {
            this.#made += 1;
            const machineId = `m${this.#made}${this.#own.capacityProvider ?? ''}`;
            this.machines.set(machineId, 'running');
            machines = [...machines, { machineId, launchedAt: this.now }];
          }
          break;
        case 'relaunch':
          this.machines.set(action.machineId, 'running');
          break;
        case 'drain':
          this.instances = this.instances.map((it) =>
            it.instanceId === action.instanceId ? { ...it, status: 'DRAINING' } : it,
          );
          break;
        case 'evict':
          this.instances = this.instances.map((it) =>
            it.instanceId === action.instanceId ? { ...it, status: 'DEREGISTERING', tasks: [] } : it,
          );
          break;
        case 'terminate':
          this.machines.delete(action.machineId);
          this.instances = this.instances.filter(({ machineId }) => machineId !== action.machineId);
          break;
        case 'deregister':
          this.instances = this.instances.filter(({ instanceId }) => instanceId !== action.instanceId);
      }
    }
    this.state = { ...state, machines };
  }
}

const worlds = fc.tuple(policies, happenings);
const QUIET_STEPS = 40;

describe('planCapacity', () => {
  it('any history: never more machines than the maximum, never a busy machine drained or terminated', () => {
    fc.assert(
      fc.property(worlds, ([policy, history]) => {
        const world = new World(policy);
        for (const happening of history) {
          world.happen(happening);
          const busy = new Set(world.instances.filter((it) => it.tasks.length > 0).map((it) => it.instanceId));
          const { actions } = world.step();
          expect(world.machines.size).toBeLessThanOrEqual(policy.max);
          for (const action of actions) {
            if (action.kind === 'drain' || action.kind === 'evict' || action.kind === 'terminate')
              expect(busy).not.toContain(action.instanceId);
          }
        }
      }),
    );
  });

  it('any history without crashes: once the minimum is reached it is never given up', () => {
    fc.assert(
      fc.property(worlds, ([policy, history]) => {
        const world = new World(policy);
        world.step();
        for (const happening of history) {
          if (happening.kind !== 'crash') world.happen(happening);
          world.step();
          const active = world.instances.filter(({ status }) => status === 'ACTIVE').length;
          expect(active + [...world.machines].length - world.instances.length).toBeGreaterThanOrEqual(policy.min);
        }
      }),
    );
  });

  it('a maximum lowered below busy machines: only without protection do they leave, in the way that was asked for', () => {
    fc.assert(
      fc.property(worlds, fc.nat(3), ([policy, history], lower) => {
        const world = new World(policy);
        for (const happening of history) {
          world.happen(happening);
          world.step();
        }
        const max = Math.max(0, policy.max - lower);
        world.policy = { ...policy, min: Math.min(policy.min, max), max };
        const busy = new Set(world.instances.filter((it) => it.tasks.length > 0).map((it) => it.instanceId));
        const { actions } = world.plan();
        const sentAway = actions.flatMap((it) =>
          (it.kind === 'drain' || it.kind === 'evict') && busy.has(it.instanceId) ? [it.kind] : [],
        );
        const { leaving = 'empty' } = policy;
        expect(sentAway.length).toBeLessThanOrEqual(leaving === 'empty' ? 0 : Math.max(0, world.machines.size - max));
        const way = leaving === 'stopped' ? 'evict' : 'drain';
        expect(sentAway).toEqual(sentAway.map(() => way));
      }),
    );
  });

  it('warming machines: nothing is sent away while one that is there was launched less than a warm-up ago', () => {
    fc.assert(
      fc.property(worlds, ([policy, history]) => {
        const world = new World(policy);
        for (const happening of history) {
          world.happen(happening);
          const young = world.state?.machines.some(
            ({ machineId, launchedAt, draining }) =>
              !draining &&
              world.machines.get(machineId) === 'running' &&
              launchedAt + (policy.scaling?.warmup ?? 0) > world.now + STEP,
          );
          const before = new Set(world.state?.machines.flatMap((it) => (it.draining ? [it.machineId] : [])));
          const { state } = world.step();
          const leaving = state.machines.filter((it) => it.draining && !before.has(it.machineId));
          if (young) expect(leaving).toEqual([]);
        }
      }),
    );
  });

  it('two providers with a history each: neither plans for the other, whatever it holds or waits for', () => {
    fc.assert(
      fc.property(worlds, worlds, ([policy, history], [otherPolicy, otherHistory]) => {
        const world = new World(policy, 'metal');
        const other = new World(otherPolicy, 'spare');
        for (const happening of otherHistory) {
          other.happen(happening);
          other.step();
        }
        for (const happening of history) {
          world.happen(happening);
          expect(world.plan(other.instances)).toEqual(world.plan());
          world.step();
          const homes = world.instances.filter((it) => it.tasks.length > 0).map((it) => it.capacityProvider);
          expect(homes).toEqual(homes.map(() => 'metal'));
        }
      }),
    );
  });

  it('any history, then quiet: it settles, serves what can be served, and changes nothing any more', () => {
    fc.assert(
      fc.property(worlds, ([policy, history]) => {
        const world = new World(policy);
        for (const happening of history) {
          world.happen(happening);
          world.step();
        }
        for (let step = 0; step < QUIET_STEPS; step += 1) world.step();
        const settled = JSON.stringify(world.state);
        for (let step = 0; step < 20; step += 1) expect(world.step().actions).toEqual([]);
        expect(JSON.stringify(world.state)).toBe(settled);
        expect(world.machines.size).toBeGreaterThanOrEqual(policy.min);
        const served = world.waiting.filter(({ resources }) => resources.cpu <= size.cpu);
        if (world.machines.size < policy.max) expect(served).toEqual([]);
      }),
    );
  });
});
