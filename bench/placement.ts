import type { Task } from '#core/model/task.ts';
import { place } from '#core/placement/place.ts';
import type { Benchmark, Measurement } from './lib/benchmark.ts';
import { median, spread } from './lib/statistics.ts';
import { aFleet, someTasks } from './placement/a-fleet.ts';
import { naivePlace } from './placement/naive-place.ts';
import { packing, packingRate } from './placement/packing.ts';

const TASKS = 1_000;
const WARM_UP = 2;

/** How fast the placer decides, over a placer that looks at everything again for each task. */
export const placement: Benchmark = {
  name: 'placement',
  run: async ({ quick, progress }) => {
    const measurements: Measurement[] = [];
    const notes: string[] = [];
    for (const size of [1_000, 10_000]) {
      const { ours, constrained, naive, first, later } = repeat(size, quick ? 3 : 7);
      progress(`placement: ${size} instances done`);
      const on = `over ${size.toLocaleString('en-US')} instances`;
      measurements.push(
        {
          figure: `1,000 tasks placed at once ${on}`,
          value: median(ours),
          unit: 'decisions/s',
          peer: { name: 'full rescan for each task', value: median(naive) },
        },
        { figure: `the same, with a memberOf expression ${on}`, value: median(constrained), unit: 'decisions/s' },
        { figure: `one task placed ${on} just read, as RunTask does`, value: median(first), unit: 'ms' },
        { figure: `one task placed ${on} looked at before`, value: median(later), unit: 'ms' },
      );
      notes.push(
        `${on}: ours ${spread(ours)}, full rescan ${spread(naive)} decisions/s; tasks of the group per machine ` +
          `and per zone differ by at most 1 on both sides`,
      );
    }
    const packed = packing(quick ? 1 : 3);
    progress('placement: packing done');
    const mixed = packingRate(10_000, TASKS, quick ? 2 : 5);
    measurements.push(...packed.measurements, {
      figure: '1,000 tasks of a hundred sizes packed at once over 10,000 instances',
      value: mixed,
      unit: 'decisions/s',
    });
    return { kind: 'measured', measurements, notes: [...notes, ...packed.notes] };
  },
};

function repeat(size: number, repeats: number) {
  const rates = {
    ours: [] as number[],
    constrained: [] as number[],
    naive: [] as number[],
    first: [] as number[],
    later: [] as number[],
  };
  for (let turn = 0; turn < repeats + WARM_UP; turn += 1) {
    const ours = runOurs(size);
    const constrained = runOurs(size, memberOf);
    const naive = runNaive(size);
    const one = runOne(size);
    if (turn < WARM_UP) continue;
    rates.ours.push(ours);
    rates.constrained.push(constrained);
    rates.naive.push(naive);
    rates.first.push(one.first);
    rates.later.push(one.later);
  }
  return rates;
}

/** Selects every machine, so that what is measured is the asking. */
const memberOf = (task: Task): Task => ({
  ...task,
  placementConstraints: [
    {
      type: 'memberOf',
      expression: 'attribute:ecs.availability-zone =~ .* and not(task:group == database)',
    },
  ],
});

function runOurs(size: number, constrain = (task: Task): Task => task): number {
  const fleet = aFleet(size).map((reservation) => ({ reservation, connected: true }));
  const tasks = someTasks(TASKS).map(constrain);
  const begin = performance.now();
  const decisions = place(tasks, fleet, Math.random);
  const took = performance.now() - begin;
  requireSpread(
    decisions.map((decision) => (decision.kind === 'placed' ? decision.instanceId : undefined)),
    size,
  );
  return (TASKS / took) * 1_000;
}

function runNaive(size: number): number {
  const machines = aFleet(size).map((reservation) => ({ reservation }));
  const begin = performance.now();
  const placed = naivePlace(someTasks(TASKS), machines);
  const took = performance.now() - begin;
  requireSpread(placed, size);
  return (TASKS / took) * 1_000;
}

/** Milliseconds of a call that places a single task: the first one over a fleet, and one of those that follow. */
function runOne(size: number): { readonly first: number; readonly later: number } {
  const fleet = aFleet(size).map((reservation) => ({ reservation, connected: true }));
  const tasks = someTasks(1);
  const timed = (calls: number): number => {
    const begin = performance.now();
    for (let call = 0; call < calls; call += 1) place(tasks, fleet, Math.random);
    return (performance.now() - begin) / calls;
  };
  return { first: timed(1), later: timed(20) };
}

/** A fast placer that places badly would be no gain: both must spread evenly over machines and over zones. */
function requireSpread(placed: readonly (string | undefined)[], size: number): void {
  const zoneOf = new Map(aFleet(size).map((it) => [it.instanceId, it.attributes['ecs.availability-zone'] ?? '']));
  const byMachine = new Map<string, number>();
  const byZone = new Map<string, number>();
  for (const instanceId of placed) {
    if (instanceId === undefined) throw new Error('a task was not placed although there is room');
    byMachine.set(instanceId, (byMachine.get(instanceId) ?? 0) + 1);
    const zone = zoneOf.get(instanceId) ?? '';
    byZone.set(zone, (byZone.get(zone) ?? 0) + 1);
  }
  const most = Math.max(...byMachine.values());
  const zones = [...byZone.values()];
  if (most > Math.ceil(TASKS / size) || Math.max(...zones) - Math.min(...zones) > 1) {
    throw new Error('a placer did not spread the tasks evenly');
  }
}
