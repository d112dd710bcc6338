import type { Reservation } from '#core/model/container-instance.ts';
import type { Resources } from '#core/model/resources.ts';
import type { Task } from '#core/model/task.ts';

type Random = () => number;

interface Weighed<T> {
  readonly value: T;
  readonly weight: number;
}

/** What general purpose machines of 4, 8 and 16 cores register once the agent and the system have taken their memory. */
export const MIXED_TYPES: readonly Weighed<Resources>[] = [
  { value: { cpu: 4_096, memory: 15_872 }, weight: 5 },
  { value: { cpu: 8_192, memory: 32_000 }, weight: 3 },
  { value: { cpu: 16_384, memory: 64_256 }, weight: 2 },
];
export const ONE_TYPE: readonly Weighed<Resources>[] = [{ value: { cpu: 8_192, memory: 32_000 }, weight: 1 }];

/** Sizes of Fargate's table, small ones more often. */
const TABLE_SIZES: readonly Weighed<Resources>[] = [
  { value: { cpu: 256, memory: 512 }, weight: 20 },
  { value: { cpu: 256, memory: 1_024 }, weight: 12 },
  { value: { cpu: 512, memory: 1_024 }, weight: 16 },
  { value: { cpu: 512, memory: 2_048 }, weight: 10 },
  { value: { cpu: 1_024, memory: 2_048 }, weight: 14 },
  { value: { cpu: 1_024, memory: 4_096 }, weight: 9 },
  { value: { cpu: 2_048, memory: 8_192 }, weight: 8 },
  { value: { cpu: 4_096, memory: 8_192 }, weight: 3 },
];
/** The others are sized by hand, as on EC2: 100 to 3,000 CPU units, one to six times as many MiB. */
const TABLE_SHARE = 0.4;
const MOST_COPIES = 12;

function drawn<T>(choices: readonly Weighed<T>[], random: Random): T {
  let left = random() * choices.reduce((sum, { weight }) => sum + weight, 0);
  for (const { value, weight } of choices) {
    left -= weight;
    if (left < 0) return value;
  }
  throw new RangeError('nothing to draw from');
}

/** Empty machines. */
export const emptyFleet = (
  size: number,
  types: readonly Weighed<Resources>[],
  random: Random,
): readonly Reservation[] =>
  Array.from({ length: size }, (_, at) => ({
    instanceId: at.toString(16).padStart(32, '0'),
    cluster: 'default',
    status: 'ACTIVE',
    agentEpoch: 1,
    schedulable: true,
    total: drawn(types, random),
    attributes: {},
    tasks: [],
  }));

/** Tasks of services of one to twelve copies, in no order, all to be packed by memory. */
export function mixedTasks(count: number, random: Random): readonly Task[] {
  const sizes: Resources[] = [];
  while (sizes.length < count) {
    const size = random() < TABLE_SHARE ? drawn(TABLE_SIZES, random) : handSized(random);
    const copies = 1 + Math.floor(random() * MOST_COPIES);
    for (let copy = 0; copy < copies && sizes.length < count; copy += 1) sizes.push(size);
  }
  const shuffled = sizes
    .map((size) => ({ size, key: random() }))
    .toSorted((one, other) => one.key - other.key)
    .map(({ size }) => size);
  return shuffled.map((resources, at) => packedTask(`task-${at}`, resources));
}

function handSized(random: Random): Resources {
  const cpu = Math.round(100 * 30 ** random());
  return { cpu, memory: Math.max(64, 64 * Math.round((cpu * (1 + random() * 5)) / 64)) };
}

const packedTask = (taskId: string, resources: Resources): Task => ({
  taskId,
  cluster: 'default',
  epoch: 1,
  desiredStatus: 'RUNNING',
  definition: { family: 'mix', revision: 1 },
  resources,
  hostPorts: [],
  launchType: 'EC2',
  group: 'family:mix',
  placementConstraints: [],
  placementStrategy: [{ type: 'binpack', field: 'memory' }],
  enableExecuteCommand: false,
  tags: [],
  createdAt: 0,
});
