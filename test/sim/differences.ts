import { isLost } from '#control/instances/declare-lost.ts';
import type { Reservation } from '#core/model/container-instance.ts';
import type { Service } from '#core/model/service.ts';
import type { Task, TaskObservation } from '#core/model/task.ts';
import { rejection, roomOf } from '#core/placement/room.ts';
import type { SimAgent } from './sim-agent.ts';

/** What the oracles folded from the change feed. */
interface CommittedWorld {
  readonly services: ReadonlyMap<string, Service>;
  readonly tasks: ReadonlyMap<string, Task>;
  readonly observations: ReadonlyMap<string, TaskObservation>;
  readonly reservations: ReadonlyMap<string, Reservation>;
}

export const short = (id: string): string => id.slice(0, 6);

/** What still differs between what is wanted and what runs; empty when the world has converged (L1, S10). */
export function differences(world: CommittedWorld, agents: readonly SimAgent[], elapsed: number): readonly string[] {
  const found: string[] = [];
  const alive = agents.filter(({ isDestroyed }) => !isDestroyed);
  const running = alive.flatMap((agent) => agent.machine.list().filter(({ state }) => state === 'running'));
  for (const service of world.services.values()) {
    const own = running.filter(({ labels }) => labels.group === `service:${service.name}`);
    const newest = own.filter(({ labels }) => world.tasks.get(labels.task)?.slot?.deployment === service.deployment.id);
    const desired = service.status === 'ACTIVE' ? service.desiredCount : 0;
    const waiting = waitForRoom(world, service, agents);
    if (newest.length + waiting !== desired || own.length + waiting !== desired)
      found.push(`service ${service.name}: ${newest.length} of ${desired} run, ${own.length - newest.length} old ones`);
    if (service.status === 'DRAINING') found.push(`service ${service.name} is still DRAINING`);
  }
  for (const { labels } of running) {
    const task = world.tasks.get(labels.task);
    const isHeld = world.reservations.get(labels.agent)?.tasks.some(({ taskId }) => taskId === labels.task);
    if (!task || !isHeld || task.desiredStatus !== 'RUNNING')
      found.push(`${short(labels.task)} runs and is not wanted`);
  }
  for (const task of world.tasks.values()) {
    const seen = world.observations.get(task.taskId)?.status;
    if (task.desiredStatus === 'STOPPED' && seen !== 'STOPPED')
      found.push(`task ${short(task.taskId)} hangs in STOPPING`);
    if (task.desiredStatus === 'RUNNING' && task.assignment && seen !== 'RUNNING' && seen !== 'STOPPED')
      found.push(`task ${short(task.taskId)} hangs in ${seen ?? 'ASSIGNED'}`);
  }
  for (const agent of agents) {
    const reservation = [...world.reservations.values()].find(({ instanceId }) => instanceId === agent.lastInstanceId);
    if (agent.isDestroyed && reservation && !isLost(reservation)) found.push(`${agent.name} is dead and not yet lost`);
  }
  for (const agent of alive) {
    if ((agent.leaseUntil ?? 0) <= elapsed) found.push(`${agent.name} holds no lease`);
  }
  return found;
}

/** How many of a service's newest tasks no machine has room for: the operator's other tasks may fill the cluster. */
function waitForRoom(world: CommittedWorld, { deployment }: Service, agents: readonly SimAgent[]): number {
  const alive = new Set(agents.filter(({ isDestroyed }) => !isDestroyed).map(({ lastInstanceId }) => lastInstanceId));
  const rooms = [...world.reservations.values()]
    .filter(({ instanceId }) => alive.has(instanceId))
    .map((reservation) => roomOf({ reservation, connected: true }));
  return [...world.tasks.values()].filter(
    (task) =>
      task.slot?.deployment === deployment.id &&
      task.desiredStatus === 'RUNNING' &&
      !task.assignment &&
      rooms.every((room) => rejection(room, task) !== undefined),
  ).length;
}
