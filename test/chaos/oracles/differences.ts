import { isHeld, isWanted, type Sample, short } from '../sample.ts';

/** L1, L5, S10: what still differs between what is wanted and what runs; empty once the world has converged. */
export function differences({ containers, committed, machines, now }: Sample): readonly string[] {
  const found: string[] = [];
  const running = containers.filter(({ isRunning }) => isRunning);
  for (const service of committed.services.values()) {
    const own = running.filter(({ taskId }) => committed.tasks.get(taskId)?.group === `service:${service.name}`);
    const newest = own.filter(({ taskId }) => committed.tasks.get(taskId)?.slot?.deployment === service.deployment.id);
    const desired = service.status === 'ACTIVE' ? service.desiredCount : 0;
    if (newest.length !== desired || own.length !== desired)
      found.push(`service ${service.name}: ${newest.length} of ${desired} run, ${own.length - newest.length} old ones`);
    if (service.status === 'DRAINING') found.push(`service ${service.name} is still DRAINING`);
  }
  for (const { taskId, machine } of running) {
    if (!isWanted(committed, taskId) || !isHeld(committed, taskId))
      found.push(`${short(taskId)} runs unwanted on ${machine}`);
  }
  const alive = new Set(running.map(({ taskId }) => taskId));
  for (const { taskId, desiredStatus } of committed.tasks.values()) {
    const status = committed.observations.get(taskId)?.status;
    if (status === 'STOPPED') continue;
    if (desiredStatus === 'STOPPED') found.push(`task ${short(taskId)} hangs in STOPPING`);
    else if (status !== 'RUNNING' || !alive.has(taskId))
      found.push(`task ${short(taskId)} is ${status ?? 'waiting'} and does not run`);
  }
  const newest = new Map(
    [...committed.registrations.values()]
      .toSorted((left, right) => left.registeredAt - right.registeredAt)
      .map((one) => [one.hostname, one]),
  );
  for (const { name } of machines) {
    const id = newest.get(name)?.instanceId ?? '';
    const lease = committed.leases.get(id);
    if (!lease || lease.expiresAt <= now) found.push(`${name} holds no lease`);
    else if (!committed.reservations.get(id)?.schedulable) found.push(`${name} is not schedulable`);
  }
  return found;
}
