import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_TASKS_PER_INSTANCE, type Reservation } from '#core/model/container-instance.ts';
import type { Task } from '#core/model/task.ts';
import { type Candidate, type PlacementDecision, place } from '#core/placement/place.ts';
import { freeResources, hold } from '#core/placement/reserve.ts';
import { candidate, held, task } from '../unit/core/placement/builders.ts';

const port = fc.record({ port: fc.integer({ min: 80, max: 82 }), protocol: fc.constantFrom('tcp', 'udp') });
const strategy = fc.constantFrom(
  [],
  [{ type: 'random' as const }],
  [{ type: 'binpack' as const, field: 'memory' }],
  [
    { type: 'spread' as const, field: 'attribute:zone' },
    { type: 'binpack' as const, field: 'cpu' },
  ],
);

const demand = (taskId: string): fc.Arbitrary<Task> =>
  fc
    .record({
      resources: fc.record({ cpu: fc.integer({ min: 0, max: 600 }), memory: fc.integer({ min: 0, max: 900 }) }),
      hostPorts: fc.uniqueArray(port, { maxLength: 2, selector: (it) => `${it.port}/${it.protocol}` }),
      group: fc.constantFrom('family:a', 'service:b'),
      placementConstraints: fc.constantFrom(
        [],
        [],
        [{ type: 'distinctInstance' as const }],
        [{ type: 'memberOf' as const, expression: 'attribute:zone == a' }],
        [{ type: 'memberOf' as const, expression: 'not(task:group == service:b)' }],
        [{ type: 'memberOf' as const, expression: 'task:group == service:b' }],
        [{ type: 'memberOf' as const, expression: 'runningTasksCount < 2' }],
      ),
      placementStrategy: strategy,
    })
    .map((changes) => task(taskId, changes as Partial<Task>));

const machine = (instanceId: string): fc.Arbitrary<Candidate> =>
  fc
    .record({
      connected: fc.boolean(),
      schedulable: fc.constantFrom(true, true, true, false),
      status: fc.constantFrom('ACTIVE' as const, 'ACTIVE' as const, 'DRAINING' as const, 'INACTIVE' as const),
      total: fc.record({ cpu: fc.integer({ min: 0, max: 2048 }), memory: fc.integer({ min: 0, max: 2048 }) }),
      zone: fc.constantFrom('a', 'b'),
      small: fc.constantFrom(0, 0, 0, MAX_TASKS_PER_INSTANCE - 1),
    })
    .map(({ connected, zone, small, ...changes }) => {
      const tasks = Array.from({ length: small }, (_, at) => held(`${instanceId}-${at}`, { cpu: 0, memory: 0 }));
      return candidate(instanceId, { ...changes, attributes: { zone }, tasks }, connected);
    });

const many = <T>(of: (id: string) => fc.Arbitrary<T>, name: string, maxLength: number): fc.Arbitrary<T[]> =>
  fc.integer({ min: 0, max: maxLength }).chain((n) => fc.tuple(...Array.from({ length: n }, (_, at) => of(name + at))));

const scenario = fc.record({
  demands: many(demand, 't', 20),
  fleet: many(machine, 'i', 6),
  draw: fc.double({ min: 0, max: 0.999, noNaN: true }),
});

/** Says from first principles whether a machine, as it stands, can take a task. */
function canTake({ reservation, connected }: Candidate, wanted: Task): boolean {
  const free = freeResources(reservation);
  const held = reservation.tasks.flatMap((it) => it.ports ?? []);
  const holdsB = reservation.tasks.some((it) => it.group === 'service:b' && !it.stop);
  const meanings: Readonly<Record<string, boolean>> = {
    '': !reservation.tasks.some((it) => it.group === wanted.group),
    'attribute:zone == a': reservation.attributes['zone'] === 'a',
    'not(task:group == service:b)': !holdsB,
    'task:group == service:b': holdsB,
    'runningTasksCount < 2': reservation.tasks.length < 2,
  };
  return (
    connected &&
    reservation.schedulable &&
    reservation.status === 'ACTIVE' &&
    free.cpu >= wanted.resources.cpu &&
    free.memory >= wanted.resources.memory &&
    reservation.tasks.length < MAX_TASKS_PER_INSTANCE &&
    !wanted.hostPorts.some((own) => held.some((it) => it.port === own.port && it.protocol === own.protocol)) &&
    wanted.placementConstraints.every(({ expression = '' }) => meanings[expression])
  );
}

/** What the task's strategies want to be small, from first principles, first the one that weighs most. */
function badness({ reservation }: Candidate, wanted: Task, fleet: readonly Candidate[]): readonly number[] {
  const countOn = (it: Reservation) => it.tasks.filter(({ group, stop }) => group === wanted.group && !stop).length;
  const zoneMates = fleet.filter((it) => it.reservation.attributes['zone'] === reservation.attributes['zone']);
  const strategies = wanted.placementStrategy;
  if (strategies.length === 0) return [countOn(reservation)];
  return strategies.map(({ type, field }) => {
    if (type === 'random') return 0;
    if (type === 'binpack') return freeResources(reservation)[field === 'cpu' ? 'cpu' : 'memory'];
    return zoneMates.reduce((sum, it) => sum + countOn(it.reservation), 0);
  });
}

function byFirstDifference(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((value, position) => value !== other[position]);
  return (one[at] ?? 0) - (other[at] ?? 0);
}

/** Replays decisions one by one on real reservations, calling back with the fleet as it stood before each. */
function replay(
  decisions: readonly PlacementDecision[],
  fleet: readonly Candidate[],
  each: (decision: PlacementDecision, before: readonly Candidate[]) => void,
): readonly Reservation[] {
  let now = fleet;
  for (const decision of decisions) {
    each(decision, now);
    if (decision.kind === 'unplaced') continue;
    now = now.map((it) =>
      it.reservation.instanceId === decision.instanceId
        ? { ...it, reservation: hold(it.reservation, decision.task) }
        : it,
    );
  }
  return now.map((it) => it.reservation);
}

describe('place', () => {
  it('any demands on any fleet: a task is placed exactly when some machine can take it, on one that can', () => {
    fc.assert(
      fc.property(scenario, ({ demands, fleet, draw }) => {
        replay(
          place(demands, fleet, () => draw),
          fleet,
          (decision, before) => {
            const able = before.filter((it) => canTake(it, decision.task)).map((it) => it.reservation.instanceId);
            if (decision.kind === 'placed') expect(able).toContain(decision.instanceId);
            else expect(able).toEqual([]);
          },
        );
      }),
    );
  });

  it('any unplaced task: the reasons account for every machine considered', () => {
    fc.assert(
      fc.property(scenario, ({ demands, fleet, draw }) => {
        for (const decision of place(demands, fleet, () => draw)) {
          if (decision.kind === 'placed') continue;
          const counted = Object.values(decision.why.rejected).reduce((sum, count) => sum + count, 0);
          expect([decision.why.considered, counted]).toEqual([fleet.length, fleet.length]);
        }
      }),
    );
  });

  it('binpack: no machine that could take the task is fuller than the one chosen', () => {
    const packed = scenario.map((it) => ({
      ...it,
      demands: it.demands.map((one): Task => ({ ...one, placementStrategy: [{ type: 'binpack', field: 'memory' }] })),
    }));
    fc.assert(
      fc.property(packed, ({ demands, fleet, draw }) => {
        replay(
          place(demands, fleet, () => draw),
          fleet,
          (decision, before) => {
            if (decision.kind === 'unplaced') return;
            const able = before.filter((it) => canTake(it, decision.task));
            const chosen = able.find((it) => it.reservation.instanceId === decision.instanceId);
            const least = Math.min(...able.map((it) => freeResources(it.reservation).memory));
            expect(chosen && freeResources(chosen.reservation).memory).toBe(least);
          },
        );
      }),
    );
  });

  it('any mix of strategies: no machine that could take the task is better than the one chosen', () => {
    fc.assert(
      fc.property(scenario, ({ demands, fleet, draw }) => {
        replay(
          place(demands, fleet, () => draw),
          fleet,
          (decision, before) => {
            if (decision.kind === 'unplaced') return;
            const { task: wanted } = decision;
            const able = before.filter((it) => canTake(it, wanted));
            const chosen = able.filter((it) => it.reservation.instanceId === decision.instanceId);
            const best = able.map((it) => badness(it, wanted, before)).sort(byFirstDifference)[0];
            expect(chosen.map((it) => badness(it, wanted, before))).toEqual([best]);
          },
        );
      }),
    );
  });

  it('spread over equal machines: counts stay within one of each other', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 40 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (machines, tasks, draw) => {
          const fleet = Array.from({ length: machines }, (_, at) =>
            candidate(`i${at}`, { total: { cpu: 1e6, memory: 1e6 } }),
          );
          const demands = Array.from({ length: tasks }, (_, at) => task(`t${at}`));
          const after = replay(
            place(demands, fleet, () => draw),
            fleet,
            () => {},
          );
          const counts = after.map((it) => it.tasks.length);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('equal random numbers: equal decisions', () => {
    fc.assert(
      fc.property(scenario, ({ demands, fleet, draw }) => {
        expect(place(demands, fleet, () => draw)).toEqual(place(demands, fleet, () => draw));
      }),
    );
  });

  it('a thousand tasks on a thousand machines: decided well below a second', () => {
    const fleet = Array.from({ length: 1_000 }, (_, at) => candidate(`i${at}`, { tasks: [held(`x${at}`)] }));
    const demands = Array.from({ length: 1_000 }, (_, at) => task(`t${at}`));
    const start = performance.now();
    const decisions = place(demands, fleet, () => 0.5);
    expect(decisions.every(({ kind }) => kind === 'placed')).toBe(true);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
