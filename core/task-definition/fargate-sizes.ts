interface MemoryRange {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

const GIB = 1024;

/** CPU units to the memory sizes (MiB) Fargate offers with them: AWS's "Task CPU and memory" table. */
const FARGATE_SIZES: ReadonlyMap<number, MemoryRange> = new Map([
  [512, { from: GIB, to: 4 * GIB, step: GIB }],
  [1024, { from: 2 * GIB, to: 8 * GIB, step: GIB }],
  [2048, { from: 4 * GIB, to: 16 * GIB, step: GIB }],
  [4096, { from: 8 * GIB, to: 30 * GIB, step: GIB }],
  [8192, { from: 16 * GIB, to: 60 * GIB, step: 4 * GIB }],
  [16384, { from: 32 * GIB, to: 120 * GIB, step: 8 * GIB }],
]);

/** The smallest CPU size is the one whose memory sizes are not evenly spaced. */
const SMALLEST = { cpu: 256, memory: [512, GIB, 2 * GIB] } as const;

export function isFargateSize(cpu: number, memory: number): boolean {
  if (cpu === SMALLEST.cpu) return SMALLEST.memory.some((size) => size === memory);
  const range = FARGATE_SIZES.get(cpu);
  return range !== undefined && memory >= range.from && memory <= range.to && (memory - range.from) % range.step === 0;
}

/** What ECS says of a size Fargate does not offer, of a definition as of overrides; undefined when it does. */
export const fargateSizeComplaint = (cpu: number, memory: number): string | undefined =>
  isFargateSize(cpu, memory)
    ? undefined
    : `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. ` +
      'See the Amazon ECS documentation for the valid values.';

/**
 * The smallest size with at least so many CPU units and MiB of memory: the smallest CPU that can have the memory, then the least
 * memory it can have. Undefined when Fargate has nothing as large.
 */
export function roundUpToFargateSize(
  cpu: number,
  memory: number,
): { readonly cpu: number; readonly memory: number } | undefined {
  const smallest = SMALLEST.memory.find((size) => size >= memory);
  if (cpu <= SMALLEST.cpu && smallest !== undefined) return { cpu: SMALLEST.cpu, memory: smallest };
  for (const [units, { from, to, step }] of FARGATE_SIZES) {
    if (cpu <= units && memory <= to) {
      return { cpu: units, memory: Math.max(from, from + Math.ceil((memory - from) / step) * step) };
    }
  }
  return undefined;
}
