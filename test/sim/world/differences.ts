import { isLost } from '#control/instances/declare-lost.ts';
import type { Service } from '#core/model/service.ts';
import { rejection, roomOf } from '#core/placement/room.ts';
import type { CommittedWorld } from '../oracles/committed-world.ts';
import { isOurs } from '../oracles/machine-watch.ts';
import { short } from '../oracles/oracle.ts';
import { claimsOfWaiting, daemonDifferences } from './daemon-differences.ts';
import type { SimAgent } from './sim-agent.ts';
import { zoneDifferences } from './zone-differences.ts';

/** What still differs between what is wanted and what runs; empty when the world has converged (L1, L3, L4, S10). */
export function differences(world: CommittedWorld, agents: readonly SimAgent[], elapsed: number): readonly string[] {
  const alive = agents.filter(({ isDestroyed }) => !isDestroyed);
  const containers = alive.flatMap((agent) => agent.machine.list().filter(isOurs));
  const running = containers.filter(({ state }) => state === 'running').map(({ labels }) => labels);
  return [
    ...[...world.services.values()].flatMap((service) => serviceDifferences(world, service, running, agents)),
    ...containers
      .filter(({ labels, state }) => state !== 'exited' && !isAssigned(world, labels))
      .map(({ labels, state }) => `${short(labels.task)} is ${state} and not wanted`),
    ...taskDifferences(world),
    ...drainDifferences(world),
    ...agents.flatMap((agent) => agentDifferences(world, agent, elapsed)),
  ];
}

interface Labels {
  readonly task: string;
  readonly agent: string;
  readonly group: string;
}

function isAssigned(world: CommittedWorld, { task, agent }: Labels): boolean {
  return world.isHeld(agent, task) && world.tasks.get(task)?.desiredStatus === 'RUNNING';
}

function serviceDifferences(
  world: CommittedWorld,
  service: Service,
  running: readonly Labels[],
  agents: readonly SimAgent[],
): readonly string[] {
  const { name, status, deployment } = service;
  if (service.scheduler === 'daemons') return daemonDifferences(world, service, running, aliveInstances(agents));
  const own = running.filter(({ group }) => group === `service:${name}`);
  const newest = own.filter(({ task }) => world.tasks.get(task)?.slot?.deployment === deployment.id);
  const desired = status === 'ACTIVE' ? service.desiredCount : 0;
  const waiting = waitForRoom(world, service, agents);
  const found: string[] = [];
  // An old task may stay where the new one that is to replace it finds no room.
  const isWhole = newest.length + waiting === desired && own.length >= newest.length && own.length <= desired;
  if (!isWhole || (waiting === 0 && own.length !== desired))
    found.push(`service ${name}: ${newest.length} of ${desired} run, ${own.length - newest.length} old ones`);
  if (status === 'DRAINING') found.push(`service ${name} is still DRAINING`);
  const rollouts = world.serviceStates.get(name)?.deployments ?? [];
  const isOpen = rollouts.length !== 1 || rollouts[0]?.rolloutState === 'IN_PROGRESS';
  if (status === 'ACTIVE' && isOpen && waiting === 0) found.push(`service ${name}: its deployment does not end`);
  if (waiting === 0) found.push(...zoneDifferences(world, service, aliveInstances(agents)));
  return found;
}

const aliveInstances = (agents: readonly SimAgent[]): ReadonlySet<string> =>
  new Set(agents.filter(({ isDestroyed }) => !isDestroyed).flatMap(({ lastInstanceId }) => lastInstanceId ?? []));

/** How many of a service's newest tasks no machine has room for: the operator's other tasks may fill the cluster. */
function waitForRoom(world: CommittedWorld, { name, deployment }: Service, agents: readonly SimAgent[]): number {
  const waiting = [...world.wanted(name)]
    .flatMap((taskId) => world.tasks.get(taskId) ?? [])
    .filter((task) => task.slot?.deployment === deployment.id && !task.assignment);
  if (waiting.length === 0) return 0;
  const alive = aliveInstances(agents);
  const rooms = [...world.reservations.values()]
    .filter(({ instanceId }) => alive.has(instanceId))
    .map((reservation) =>
      roomOf({ reservation, connected: true, claims: claimsOfWaiting(world, reservation.instanceId) }),
    );
  return waiting.filter((task) => rooms.every((room) => rejection(room, task) !== undefined)).length;
}

function taskDifferences(world: CommittedWorld): readonly string[] {
  const found: string[] = [];
  for (const task of world.tasks.values()) {
    const seen = world.observations.get(task.taskId)?.status;
    if (seen === 'STOPPED') continue;
    if (task.desiredStatus === 'STOPPED') found.push(`task ${short(task.taskId)} hangs in STOPPING`);
    else if (task.assignment && seen !== 'RUNNING')
      found.push(`task ${short(task.taskId)} hangs in ${seen ?? 'ASSIGNED'}`);
  }
  return found;
}

/** L4: a drained machine has no service tasks left, unless the service says why it cannot move them. */
function drainDifferences(world: CommittedWorld): readonly string[] {
  return [...world.reservations.values()].flatMap(({ instanceId, status, tasks }) => {
    if (status !== 'DRAINING') return [];
    const owned = tasks.filter(({ group }) => group.startsWith('service:'));
    // Daemons are the last to leave.
    const leaving = owned.some(({ daemon }) => !daemon) ? owned.filter(({ daemon }) => !daemon) : owned;
    const services = leaving.map(({ group }) => group.slice('service:'.length));
    const stuck = services.filter((name) => world.serviceStates.get(name)?.lastComplaint === undefined);
    return stuck.length > 0 ? [`instance ${short(instanceId)} drains and keeps tasks of ${stuck.join(', ')}`] : [];
  });
}

function agentDifferences(world: CommittedWorld, agent: SimAgent, elapsed: number): readonly string[] {
  const { lastInstanceId = '', name } = agent;
  if (agent.isClone) return [];
  if (!agent.isDestroyed) return (agent.leaseUntil ?? 0) > elapsed ? [] : [`${name} holds no lease`];
  const reservation = world.reservations.get(lastInstanceId);
  return reservation && !isLost(reservation) ? [`${name} is dead and not yet lost`] : [];
}
