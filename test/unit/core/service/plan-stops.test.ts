import { describe, expect, it } from 'vitest';
import { planStops } from '#core/service/plan-stops.ts';
import { ScaleInOrder } from '#core/service/scale-in-order.ts';
import { slotName } from '#core/service/service-snapshot.ts';
import { type Sites, ZONE } from '#core/service/sites.ts';
import type { PlacedSlot } from '#core/service/slots.ts';

const slot = (index: number, changes: Partial<PlacedSlot> = {}): PlacedSlot => ({
  deployment: 'd',
  index,
  epoch: 1,
  phase: 'running',
  failures: 0,
  ...changes,
});

/** One machine in each zone; `homes` names the zone of each slot. */
function sitesOf(homes: Readonly<Record<string, readonly PlacedSlot[]>>): Sites {
  const tasks = Object.entries(homes).flatMap(([zone, slots]) =>
    slots.map((it) => {
      const site = { instanceId: `i-${zone}`, attributes: { [ZONE]: zone }, free: { cpu: 0, memory: 0 } };
      return [slotName(it), { site, share: { cpu: 1, memory: 1 } }] as const;
    }),
  );
  return { tasks: new Map(tasks), zones: Object.keys(homes) };
}

interface Case {
  readonly desired: number;
  readonly good?: readonly PlacedSlot[];
  readonly leaving?: readonly PlacedSlot[];
  readonly sites?: Sites;
  readonly spare?: number;
  readonly unfit?: readonly PlacedSlot[];
  readonly protects?: readonly PlacedSlot[];
}

function stopped({ desired, good = [], leaving = [], sites, spare = 99, unfit = [], protects = [] }: Case) {
  const stops = planStops({
    desired,
    good,
    leaving,
    spare: { running: spare, healthy: spare - unfit.length },
    order: new ScaleInOrder([...good, ...leaving], [], sites),
    isFit: (it) => it.phase === 'running' && !unfit.includes(it),
    isProtected: (it) => protects.includes(it),
  });
  return stops.map((stop) => (stop.kind === 'stop' ? stop.index : undefined));
}

describe('plan stops', () => {
  it('one too many, takes from the zone that holds most', () => {
    const good = [0, 1, 2, 3].map((index) => slot(index));
    const [one, two, three, four] = good;
    if (!one || !two || !three || !four) throw new Error('four slots were made');
    expect(stopped({ desired: 3, good, sites: sitesOf({ a: [one, two], b: [three], c: [four] }) })).toEqual([1]);
  });

  it('a task that does not run yet in the emptiest zone, goes before one that runs in the fullest', () => {
    const [one, two, pending] = [slot(0), slot(1), slot(2, { phase: 'started' })];
    const good = [pending, one, two];
    expect(stopped({ desired: 2, good, sites: sitesOf({ a: [one, two], b: [pending] }) })).toEqual([2]);
  });

  it('protected tasks in the fullest zone, takes from the next', () => {
    const [one, two, three] = [slot(0), slot(1), slot(2)];
    const sites = sitesOf({ a: [one, two], b: [three] });
    expect(stopped({ desired: 2, good: [one, two, three], sites, protects: [one, two] })).toEqual([2]);
  });

  it('tasks that leave and not all may go, takes those first whose zone holds most of the service', () => {
    const leaving = [slot(0, { deployment: 'old' }), slot(1, { deployment: 'old' })];
    const good = [slot(0), slot(1)];
    const [first, second] = leaving;
    if (!first || !second) throw new Error('two slots were made');
    const sites = sitesOf({ a: [first], b: [second, ...good] });
    expect(stopped({ desired: 2, good, leaving, sites, spare: 1 })).toEqual([1]);
  });

  it('tasks that are not healthy, leave before healthy ones wherever they are', () => {
    const leaving = [slot(0), slot(1), slot(2)].map((it) => ({ ...it, deployment: 'old' }));
    const [one, two, three] = leaving;
    if (!one || !two || !three) throw new Error('three slots were made');
    const sites = sitesOf({ a: [one, two], b: [three] });
    expect(stopped({ desired: 0, leaving, sites, spare: 1, unfit: [three] })).toEqual([2]);
  });
});
