import { Fault } from '#core/fault.ts';
import type { Reservation } from '#core/model/container-instance.ts';
import type { HeartbeatRequest } from '#events/agent-wire.ts';
import type { Dependencies } from '../dependencies.ts';
import { type InstanceId, read, reservations, type Versioned } from '../records.ts';

/** The instance's reservation, if this agent's epoch is still the one that may report. */
export async function requireCurrent(
  deps: Pick<Dependencies, 'store'>,
  agent: InstanceId,
  { agentEpoch, known }: Pick<HeartbeatRequest, 'agentEpoch' | 'known'>,
): Promise<Versioned<Reservation>> {
  const reservation = await read(deps.store, reservations, agent);
  // Rule R11: one that was deregistered and still has tasks is heard until it was told to stop them.
  const isOver = reservation?.value.status === 'INACTIVE' && known.length === 0;
  if (!reservation || isOver) {
    throw new Fault('ResourceNotFound', `Container instance ${agent.instanceId} is not registered; register again.`);
  }
  if (reservation.value.agentEpoch !== agentEpoch) {
    throw new Fault('Conflict', `Agent epoch ${agentEpoch} was replaced by ${reservation.value.agentEpoch}.`);
  }
  return reservation;
}
