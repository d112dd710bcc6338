import { MAX_TASKS_PER_INSTANCE } from '../model/container-instance.ts';
import type { RejectionReason } from '../model/placement.ts';
import type { Resources } from '../model/resources.ts';
import type { Task } from '../model/task.ts';
import type { Room } from './room.ts';

type Reasons = readonly { readonly reason: RejectionReason }[];
type Remedy = (task: Task, rooms: readonly Room[]) => string;

/** What would let the task run, the reason that ruled out most instances first. */
export function remediesOf(task: Task, rooms: readonly Room[], rejections: Reasons): readonly string[] {
  if (rooms.length === 0) {
    return [
      task.pinnedTo === undefined
        ? 'The cluster has no container instance: start an agent (npx berth agent) or raise --max-agents.'
        : `Container instance ${task.pinnedTo} is not registered any more: start the task on another one.`,
    ];
  }
  const counts = new Map<RejectionReason, number>();
  for (const { reason } of rejections) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([reason]) => REMEDIES[reason](task, rooms));
}

const largest = (rooms: readonly Room[], amount: keyof Resources): number =>
  rooms.reduce((most, { candidate }) => Math.max(most, candidate.reservation.total[amount]), 0);

const resource =
  (amount: keyof Resources, unit: string): Remedy =>
  (task, rooms) => {
    const needed = task.resources[amount];
    const most = largest(rooms, amount);
    return needed > most
      ? `No instance is large enough: the task asks for ${needed} ${unit}, the largest instance has ${most}. Ask for less or add a larger instance.`
      : `${needed} ${unit} must be free on one instance: stop or scale down other tasks, or add an instance.`;
  };

const ports: Remedy = ({ hostPorts }) => {
  const names = hostPorts.map(({ port, protocol }) => `${port}/${protocol}`).join(', ');
  return `Host port ${names} is taken on every other instance: use a dynamic host port (0), or add an instance.`;
};

/** Total: a new reason does not compile without a remedy. */
const REMEDIES: Readonly<Record<RejectionReason, Remedy>> = {
  AGENT: () => 'An agent is not connected or has not listed its containers yet: see its log and its network.',
  INACTIVE: () => 'An instance was deregistered: start its agent again to register it.',
  DEREGISTERING: () => 'An instance is being deregistered: register another machine.',
  DRAINING: () => 'An instance is draining: set it ACTIVE again (aws ecs update-container-instances-state).',
  'RESOURCE:CPU': resource('cpu', 'CPU units'),
  'RESOURCE:MEMORY': resource('memory', 'MiB of memory'),
  'RESOURCE:PORTS': ports,
  'RESOURCE:GPU': ({ gpus }) =>
    `The task asks for ${gpus} GPUs, and Berth's instances offer none: take the GPU requirement out of its definition.`,
  'RESOURCE:TASKS': () => `An instance holds at most ${MAX_TASKS_PER_INSTANCE} tasks: add an instance.`,
  CAPACITY_PROVIDER: ({ capacityProvider = 'FARGATE' }) =>
    `The task belongs to capacity provider ${capacityProvider}, and an instance does not: start an agent for it (npx berth agent --capacity-provider NAME; FARGATE takes those without), or raise --max-agents.`,
  ATTRIBUTE: ({ placementConstraints }) => {
    const expressions = placementConstraints.flatMap(({ expression }) => (expression ? [`'${expression}'`] : []));
    return `Instances are not selected by ${expressions.join(' and ')}: give one the attributes asked for (aws ecs put-attributes), or change the placement constraint.`;
  },
  DISTINCT_INSTANCE: () =>
    'Each task of the group wants an instance of its own (distinctInstance): add an instance or ask for fewer tasks.',
};
