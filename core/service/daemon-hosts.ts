import type { Reservation } from '../model/container-instance.ts';
import { belongsOn, type Daemon } from '../placement/daemon.ts';

/**
 * What one instance is to a daemon service. ready: it shall have a task. away: ACTIVE, but it takes no task before its
 * agent has listed its containers. emptying: it drains, and tasks are on it that leave before daemons do.
 */
export interface DaemonHost {
  readonly instanceId: string;
  readonly state: 'ready' | 'away' | 'emptying';
}

/** The instances a daemon's tasks may be on now; any other is to be left. */
export const daemonHosts = (daemon: Daemon, fleet: readonly Reservation[]): readonly DaemonHost[] =>
  fleet.flatMap((reservation) => {
    const state = stateOf(reservation);
    const { instanceId } = reservation;
    return state && belongsOn(daemon, reservation) ? [{ instanceId, state }] : [];
  });

function stateOf({ status, schedulable, tasks }: Reservation): DaemonHost['state'] | undefined {
  if (status === 'ACTIVE') return schedulable ? 'ready' : 'away';
  // Daemons are the last to stop, but a standalone task may stay for ever: nobody waits for those.
  const isEmptying = tasks.some(({ group, daemon }) => !daemon && group.startsWith('service:'));
  return status === 'DRAINING' && isEmptying ? 'emptying' : undefined;
}
