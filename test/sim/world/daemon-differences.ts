import type { Service } from '#core/model/service.ts';
import type { Claim } from '#core/placement/room.ts';
import { portName, rejection, roomOf } from '#core/placement/room.ts';
import type { CommittedWorld } from '../oracles/committed-world.ts';
import { short } from '../oracles/oracle.ts';

interface Labels {
  readonly task: string;
  readonly agent: string;
  readonly group: string;
}

/** What a daemon service lacks: one task of its newest deployment on each machine that is there, and none elsewhere. */
export function daemonDifferences(
  world: CommittedWorld,
  { name, status, deployment }: Service,
  running: readonly Labels[],
  alive: ReadonlySet<string | undefined>,
): readonly string[] {
  const own = running.filter(({ group }) => group === `service:${name}`);
  const found: string[] = [];
  let isWaiting = false;
  for (const reservation of world.reservations.values()) {
    const { instanceId } = reservation;
    if (!alive.has(instanceId)) continue;
    const here = own.filter(({ agent }) => agent === instanceId);
    const newest = here.filter(({ task }) => world.tasks.get(task)?.slot?.deployment === deployment.id);
    const isHome = status === 'ACTIVE' && reservation.status === 'ACTIVE' && reservation.schedulable;
    const waiting = waitingDaemons(world, instanceId).filter(({ slot }) => slot?.service === name);
    const room = roomOf({ reservation, connected: true });
    const isFull = waiting.length === 1 && waiting.every((task) => rejection(room, task) !== undefined);
    isWaiting ||= isFull;
    const isRight = isHome ? here.length === newest.length && newest.length === (isFull ? 0 : 1) : here.length === 0;
    const mayStay = reservation.status === 'DRAINING' && reservation.tasks.some(isOfReplicas);
    if (!isRight && !mayStay)
      found.push(
        `daemon ${name}: ${newest.length} of ${isHome ? 1 : 0} on ${short(instanceId)}, ${here.length} in all`,
      );
  }
  const elsewhere = own.filter(({ agent }) => !alive.has(agent));
  if (elsewhere.length > 0) found.push(`daemon ${name}: runs on machines that are not there`);
  if (status === 'DRAINING') found.push(`service ${name} is still DRAINING`);
  const rollouts = world.serviceStates.get(name)?.deployments ?? [];
  const isOpen = rollouts.length !== 1 || rollouts[0]?.rolloutState === 'IN_PROGRESS';
  if (status === 'ACTIVE' && isOpen && !isWaiting) found.push(`service ${name}: its deployment does not end`);
  return found;
}

const isOfReplicas = ({ group, daemon }: { readonly group: string; readonly daemon?: true }): boolean =>
  !daemon && group.startsWith('service:');

const waitingDaemons = (world: CommittedWorld, instanceId: string) =>
  [...world.tasks.values()].filter(
    (task) => task.slot && task.pinnedTo === instanceId && task.desiredStatus === 'RUNNING' && !task.assignment,
  );

/** The room that placement keeps for daemons which wait for it. */
export const claimsOfWaiting = (world: CommittedWorld, instanceId: string): readonly Claim[] =>
  waitingDaemons(world, instanceId).map(({ group, resources, hostPorts }) => ({
    group,
    ...resources,
    ports: hostPorts.map(portName),
    tasks: 1,
  }));
