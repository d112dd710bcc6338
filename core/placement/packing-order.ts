import type { Resources } from '../model/resources.ts';
import type { Task } from '../model/task.ts';
import type { Candidate } from './room.ts';

/** Tasks that came within one such time are peers; those before them go first, so that nobody waits for newcomers. */
const PEERS_MS = 60_000;

/**
 * The order in which tasks that wait together are given machines. Those that are to be packed come largest first within
 * their peers, because small ones fill what large ones leave and not the other way round; each other task keeps its
 * place. Strategies decide where a task goes and say nothing about which task is asked first.
 */
export function packingOrder(tasks: readonly Task[], fleet: readonly Candidate[]): readonly Task[] {
  const packed = tasks.filter(isPacked);
  if (packed.length < 2) return tasks;
  const total = totalOf(fleet);
  const inOrder = packed
    .map((task) => ({
      task,
      peers: Math.floor(task.createdAt / PEERS_MS),
      share: dominantShare(task.resources, total),
    }))
    .sort((one, other) => one.peers - other.peers || other.share - one.share);
  let next = 0;
  return tasks.map((task) => (isPacked(task) ? (inOrder[next++]?.task ?? task) : task));
}

const isPacked = ({ placementStrategy }: Task): boolean => placementStrategy.some(({ type }) => type === 'binpack');

/** How much of the fleet a task takes of that which it takes most of. */
const dominantShare = ({ cpu, memory }: Resources, total: Resources): number =>
  Math.max(cpu / total.cpu, memory / total.memory);

function totalOf(fleet: readonly Candidate[]): Resources {
  const total = { cpu: 1, memory: 1 };
  for (const { reservation } of fleet) {
    total.cpu += reservation.total.cpu;
    total.memory += reservation.total.memory;
  }
  return total;
}
