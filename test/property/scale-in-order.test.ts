import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlacementStrategy } from '#core/model/placement.ts';
import { place } from '#core/placement/place.ts';
import { hold } from '#core/placement/reserve.ts';
import { ScaleInOrder } from '#core/service/scale-in-order.ts';
import { slotName } from '#core/service/service-snapshot.ts';
import type { SitedTask, Sites } from '#core/service/sites.ts';
import { sitesOf } from '#core/service/sites-of.ts';
import type { PlacedSlot } from '#core/service/slots.ts';
import { aService } from '#test/support/a-service.ts';
import { candidate, task } from '../unit/core/placement/builders.ts';

const AZ = 'ecs.availability-zone';
const ZONE_SPREAD: PlacementStrategy = { type: 'spread', field: `attribute:${AZ}` };
const INSTANCE_SPREAD: PlacementStrategy = { type: 'spread', field: 'instanceId' };

const strategy = fc.oneof(
  fc.constantFrom<PlacementStrategy[]>([], [ZONE_SPREAD]),
  fc.array(
    fc.constantFrom<PlacementStrategy>(
      ZONE_SPREAD,
      INSTANCE_SPREAD,
      { type: 'spread', field: 'attribute:rack' },
      { type: 'binpack', field: 'cpu' },
      { type: 'binpack', field: 'MEMORY' },
      { type: 'random' },
    ),
    { minLength: 1, maxLength: 3 },
  ),
);

const machine = fc.record({
  zone: fc.constantFrom('a', 'b', 'c'),
  rack: fc.constantFrom('r1', 'r2', undefined),
  cpu: fc.integer({ min: 0, max: 3 }).map((n) => n * 100),
  memory: fc.integer({ min: 0, max: 3 }).map((n) => n * 100),
});

const scenario = fc.record({
  machines: fc.array(machine, { minLength: 1, maxLength: 6 }),
  /** Where each slot's task is; undefined when nobody knows. */
  homes: fc.array(
    fc.option(fc.record({ at: fc.nat({ max: 5 }), size: fc.constantFrom(100, 200) }), { freq: 6, nil: undefined }),
    {
      maxLength: 16,
    },
  ),
  mayStop: fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }),
  strategy,
  count: fc.nat({ max: 18 }),
});

const slot = (index: number): PlacedSlot => ({ deployment: 'd', index, epoch: 1, phase: 'running', failures: 0 });

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function worldOf({ machines, homes }: Scenario): { slots: readonly PlacedSlot[]; sites: Sites } {
  const sites = machines.map(({ zone, rack, ...free }, at) => ({
    instanceId: `i${at}`,
    attributes: { [AZ]: zone, ...(rack === undefined ? {} : { rack }) },
    free,
  }));
  const slots = homes.map((_, index) => slot(index));
  const tasks = new Map<string, SitedTask>();
  for (const [index, home] of homes.entries()) {
    const site = home && sites[home.at % sites.length];
    if (home && site) tasks.set(slotName(slot(index)), { site, share: { cpu: home.size, memory: 300 - home.size } });
  }
  return { slots, sites: { tasks, zones: [...new Set(machines.map(({ zone }) => zone))] } };
}

/** Looks at every task afresh before each stop. */
function naiveOrder(
  wanted: readonly PlacedSlot[],
  candidates: readonly PlacedSlot[],
  given: readonly PlacementStrategy[],
  { tasks }: Sites,
  count: number,
): readonly number[] {
  const strategies = given.length > 0 ? given : [ZONE_SPREAD, INSTANCE_SPREAD];
  const end = strategies.findIndex(({ type }) => type === 'random');
  const weighed = end < 0 ? strategies : strategies.slice(0, end);
  let staying = [...wanted];
  let left = [...candidates];
  const gone: SitedTask[] = [];
  const order: number[] = [];
  const at = (it: PlacedSlot) => tasks.get(slotName(it));
  const score = (it: PlacedSlot, { type, field = '' }: PlacementStrategy): number => {
    const here = at(it);
    if (!here) return 0;
    if (type === 'binpack') {
      const resource = field.toLowerCase() === 'memory' ? 'memory' : 'cpu';
      const freed = gone.filter(({ site }) => site.instanceId === here.site.instanceId);
      return (
        here.site.free[resource] + here.share[resource] + freed.reduce((sum, { share }) => sum + share[resource], 0)
      );
    }
    const name = field.startsWith('attribute:') ? field.slice('attribute:'.length) : undefined;
    const placeOf = ({ site }: SitedTask) => (name === undefined ? site.instanceId : (site.attributes[name] ?? ''));
    return staying.filter((other) => {
      const there = at(other);
      return there !== undefined && placeOf(there) === placeOf(here);
    }).length;
  };
  while (order.length < count && left.length > 0) {
    const [best] = [...left].sort((a, b) => {
      if (!at(a) || !at(b)) return (at(a) ? 1 : 0) - (at(b) ? 1 : 0) || b.index - a.index;
      for (const strategy of weighed) {
        const difference = score(b, strategy) - score(a, strategy);
        if (difference !== 0) return difference;
      }
      return b.index - a.index;
    });
    if (!best) break;
    const here = at(best);
    if (here) gone.push(here);
    staying = staying.filter((it) => it !== best);
    left = left.filter((it) => it !== best);
    order.push(best.index);
  }
  return order;
}

test('scale-in order, any fleet and any strategies, is what looking at every task afresh says', () => {
  fc.assert(
    fc.property(scenario, (it) => {
      const { slots, sites } = worldOf(it);
      const candidates = slots.filter(({ index }) => it.mayStop[index]);
      const order = new ScaleInOrder(slots, it.strategy, sites);
      // In two calls, because the order goes on where it stopped.
      const first = order.take(candidates, Math.floor(it.count / 2));
      const rest = order.take(
        candidates.filter((candidate) => !first.includes(candidate)),
        it.count - first.length,
      );
      const taken = [...first, ...rest].map(({ index }) => index);
      expect(taken).toEqual(naiveOrder(slots, candidates, it.strategy, sites, it.count));
    }),
    { numRuns: 3_000 },
  );
});

test('scale-in order, nobody knows where the tasks are, takes the newest slots', () => {
  const slots = [0, 1, 2, 3].map(slot);
  const taken = new ScaleInOrder(slots, [], undefined).take(slots, 2);
  expect(taken.map(({ index }) => index)).toEqual([3, 2]);
});

/** How much the fullest and the emptiest of these differ. */
const difference = (homes: readonly string[], names: readonly string[]): number => {
  const counts = names.map((name) => homes.filter((home) => home === name).length);
  return Math.max(...counts) - Math.min(...counts);
};

test('scale-in order, after placement made zones and machines even, keeps them even down to the last task', () => {
  const zones = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(zones, fc.integer({ min: 1, max: 24 }), fc.nat(), (machinesIn, count, seed) => {
      const names = machinesIn.map((_, zone) => `z${zone}`);
      let fleet = machinesIn.flatMap((machines, zone) =>
        Array.from({ length: machines }, (_, at) =>
          candidate(`i${zone}-${at}`, { attributes: { [AZ]: `z${zone}` }, total: { cpu: 1e6, memory: 1e6 } }),
        ),
      );
      const service = aService({ desiredCount: count });
      const slots = Array.from({ length: count }, (_, index) => ({
        ...slot(index),
        deployment: service.deployment.id,
      }));
      for (const { index } of slots) {
        const one = task(`t${index}`, { slot: { service: 'web', deployment: 'd', index }, group: 'service:web' });
        const [decision] = place([one], fleet, () => ((seed + index * 7) % 10) / 10);
        if (decision?.kind !== 'placed') throw new Error('the fleet has room');
        fleet = fleet.map((it) =>
          it.reservation.instanceId === decision.instanceId ? { ...it, reservation: hold(it.reservation, one) } : it,
        );
      }
      const chunks = [
        { cluster: 'default', service: 'web', deployment: service.deployment.id, chunk: 0, slots, failedTasks: 0 },
      ];
      const sites = sitesOf({ service, chunks }, fleet, ({ index }) => `t${index}`);
      const order = new ScaleInOrder(slots, [], sites);
      let left: readonly PlacedSlot[] = slots;
      while (left.length > 0) {
        const [gone] = order.take(left, 1);
        left = left.filter((it) => it !== gone);
        const homes = left.map((it) => sites.tasks.get(slotName(it))?.site);
        expect(
          difference(
            homes.map((site) => site?.attributes[AZ] ?? ''),
            names,
          ),
        ).toBeLessThanOrEqual(1);
        for (const [zone, machines] of machinesIn.entries()) {
          const ids = Array.from({ length: machines }, (_, at) => `i${zone}-${at}`);
          const inZone = homes.flatMap((site) => (site && ids.includes(site.instanceId) ? [site.instanceId] : []));
          expect(difference(inZone, ids)).toBeLessThanOrEqual(1);
        }
      }
    }),
    { numRuns: 300 },
  );
});
