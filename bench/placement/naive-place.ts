import type { Reservation } from '#core/model/container-instance.ts';
import type { Task } from '#core/model/task.ts';
import { freeResources, hold } from '#core/placement/reserve.ts';

/** What a machine looks like to the naive placer, which keeps nothing but the reservations themselves. */
export interface NaiveMachine {
  reservation: Reservation;
}

const ZONE = 'ecs.availability-zone';

/**
 * The peer: for every task it looks at every machine afresh, adds up what the machine holds and spreads over zones,
 * then over machines. It is what one writes first; it answers the same question with the same quality.
 */
export function naivePlace(tasks: readonly Task[], machines: readonly NaiveMachine[]): readonly (string | undefined)[] {
  return tasks.map((task) => {
    const byZone = new Map<string, number>();
    for (const { reservation } of machines) {
      const zone = reservation.attributes[ZONE] ?? '';
      byZone.set(zone, (byZone.get(zone) ?? 0) + tasksOf(reservation, task.group));
    }
    let best: NaiveMachine | undefined;
    let bestScore: readonly [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const machine of machines) {
      const { reservation } = machine;
      const free = freeResources(reservation);
      if (task.resources.cpu > free.cpu || task.resources.memory > free.memory) continue;
      const score = [byZone.get(reservation.attributes[ZONE] ?? '') ?? 0, tasksOf(reservation, task.group)] as const;
      if (score[0] < bestScore[0] || (score[0] === bestScore[0] && score[1] < bestScore[1])) {
        best = machine;
        bestScore = score;
      }
    }
    if (best) best.reservation = hold(best.reservation, task);
    return best?.reservation.instanceId;
  });
}

const tasksOf = ({ tasks }: Reservation, group: string): number =>
  tasks.reduce((count, held) => count + (held.group === group ? 1 : 0), 0);
