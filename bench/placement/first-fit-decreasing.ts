import type { Resources } from '#core/model/resources.ts';

/** What "largest" may mean of two amounts; the baseline is the best of them, for each case anew. */
const SIZES: readonly ((task: Resources, machine: Resources) => number)[] = [
  ({ memory }) => memory,
  ({ cpu }) => cpu,
  ({ cpu, memory }, total) => Math.max(cpu / total.cpu, memory / total.memory),
  ({ cpu, memory }, total) => cpu / total.cpu + memory / total.memory,
  ({ cpu, memory }) => cpu * memory,
];

/**
 * First fit decreasing: knows all tasks beforehand, takes the largest first and puts each into the first machine it
 * fits. The machines stand smallest first, which is the order in which binpack opens them: with the largest first it
 * would need fewer machines only because each of them is larger. Answers the fewest machines any of the orders needs.
 */
export function firstFitDecreasing(tasks: readonly Resources[], machines: readonly Resources[]): number {
  const bins = machines.toSorted((one, other) => one.memory - other.memory || one.cpu - other.cpu);
  const largest = bins.at(-1) ?? { cpu: 1, memory: 1 };
  const used = SIZES.map((sizeOf) =>
    firstFit(
      tasks.toSorted((one, other) => sizeOf(other, largest) - sizeOf(one, largest)),
      bins,
    ),
  );
  return Math.min(...used);
}

function firstFit(tasks: readonly Resources[], bins: readonly Resources[]): number {
  const left = bins.map((bin) => ({ ...bin }));
  const used = new Set<object>();
  for (const { cpu, memory } of tasks) {
    const bin = left.find((one) => one.cpu >= cpu && one.memory >= memory);
    if (!bin) throw new Error('first fit found no room although there is plenty');
    bin.cpu -= cpu;
    bin.memory -= memory;
    used.add(bin);
  }
  return used.size;
}
