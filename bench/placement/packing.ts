import type { Task } from '#core/model/task.ts';
import { packingOrder } from '#core/placement/packing-order.ts';
import { place } from '#core/placement/place.ts';
import { hold } from '#core/placement/reserve.ts';
import { Rng } from '#test/sim/world/scheduler.ts';
import type { Measurement } from '../lib/benchmark.ts';
import { median } from '../lib/statistics.ts';
import { emptyFleet, MIXED_TYPES, mixedTasks, ONE_TYPE } from './a-mixed-fleet.ts';
import { firstFitDecreasing } from './first-fit-decreasing.ts';

const TASKS = 2_000;
const FLEET = 1_000;
/** As many as a burst of RunTask calls or one scaled service leaves waiting. */
const LOT = 50;
/** The issue's own bound. */
const GOAL = { kind: 'at-most', bound: 1.03 } as const;

/** How many machines binpack uses, whose tasks come as they come, beside a packer that knows them all beforehand. */
export function packing(seeds: number): {
  readonly measurements: readonly Measurement[];
  readonly notes: readonly string[];
} {
  const measurements: Measurement[] = [];
  const notes: string[] = [];
  for (const [fleet, types] of [
    ['4, 8 and 16 cores', MIXED_TYPES],
    ['8 cores', ONE_TYPE],
  ] as const) {
    const used = { baseline: [] as number[], lots: [] as number[], single: [] as number[] };
    for (let seed = 1; seed <= seeds; seed += 1) {
      const rng = new Rng(seed);
      const random = () => rng.next();
      const machines = emptyFleet(FLEET, types, random);
      const tasks = mixedTasks(TASKS, random);
      used.baseline.push(
        firstFitDecreasing(
          tasks.map(({ resources }) => resources),
          machines.map(({ total }) => total),
        ),
      );
      used.lots.push(packOurs(tasks, machines, LOT, random));
      used.single.push(packOurs(tasks, machines, 1, random));
    }
    const peer = { name: 'first fit decreasing, which knows all tasks', value: sum(used.baseline) };
    measurements.push(
      {
        figure: `machines of ${fleet} used for ${TASKS} mixed tasks waiting ${LOT} at a time`,
        value: sum(used.lots),
        unit: `machines in ${seeds} runs`,
        peer,
        goal: GOAL,
      },
      {
        figure: `machines of ${fleet} used for ${TASKS} mixed tasks started one at a time`,
        value: sum(used.single),
        unit: `machines in ${seeds} runs`,
        peer,
      },
    );
    notes.push(
      `packing on machines of ${fleet}, of ${seeds} runs the worst over first fit decreasing: ${worst(used.lots, used.baseline)} ` +
        `waiting ${LOT} at a time, ${worst(used.single, used.baseline)} one at a time`,
    );
  }
  return { measurements, notes };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const worst = (used: readonly number[], baseline: readonly number[]): string => {
  const most = Math.max(...used.map((count, at) => count / (baseline[at] ?? 1)));
  return `${most >= 1 ? '+' : ''}${((most - 1) * 100).toFixed(1)} %`;
};

/** Lot by lot, each decided on what the lots before it left, as the placement worker does. */
function packOurs(
  tasks: readonly Task[],
  machines: ReturnType<typeof emptyFleet>,
  lot: number,
  random: () => number,
): number {
  const fleet = new Map(machines.map((reservation) => [reservation.instanceId, { reservation, connected: true }]));
  const used = new Set<string>();
  for (let at = 0; at < tasks.length; at += lot) {
    const candidates = [...fleet.values()];
    for (const decision of place(packingOrder(tasks.slice(at, at + lot), candidates), candidates, random)) {
      if (decision.kind !== 'placed') throw new Error('a task was not placed although there is room');
      const { instanceId, task } = decision;
      const machine = fleet.get(instanceId);
      if (machine) fleet.set(instanceId, { ...machine, reservation: hold(machine.reservation, task) });
      used.add(instanceId);
    }
  }
  return used.size;
}

/** Decisions per second of binpack over the mixed tasks, all of them at once. */
export function packingRate(size: number, tasks: number, repeats: number): number {
  const rates: number[] = [];
  for (let turn = 0; turn < repeats; turn += 1) {
    const rng = new Rng(turn + 1);
    const random = () => rng.next();
    const candidates = emptyFleet(size, MIXED_TYPES, random).map((reservation) => ({ reservation, connected: true }));
    const demands = mixedTasks(tasks, random);
    const begin = performance.now();
    place(packingOrder(demands, candidates), candidates, random);
    rates.push((tasks / (performance.now() - begin)) * 1_000);
  }
  return median(rates);
}
