import type { Dependencies } from '#control/dependencies.ts';
import { leases, put, registrations, reservations } from '#control/records.ts';
import type { Registration, Reservation } from '#core/model/container-instance.ts';

/** A machine with a live agent in the cluster `default`, as registration and the first sync leave it. */
export async function addInstance(
  deps: Dependencies,
  instanceId: string,
  change: Partial<Pick<Registration, 'tags'> & Pick<Reservation, 'total' | 'tasks'>> = {},
): Promise<void> {
  const { tags = [{ key: 'rack', value: '7' }], total = { cpu: 2048, memory: 4096 }, tasks = [] } = change;
  const now = deps.clock.now();
  const id = { cluster: 'default', instanceId };
  const shared = { ...id, total, attributes: { 'ecs.os-type': 'linux', fast: '' } };
  const registration: Registration = {
    ...shared,
    publicKey: 'key',
    hostname: 'box',
    runtime: 'simulated',
    agentVersion: '1.0.0',
    registeredAt: now,
    tags,
  };
  const reservation: Reservation = { ...shared, status: 'ACTIVE', agentEpoch: 1, schedulable: true, tasks };
  await deps.store.transact([
    put(registrations, id, registration, 'absent'),
    put(reservations, id, reservation, 'absent'),
    put(leases, id, { instanceId, agentEpoch: 1, expiresAt: now + deps.timings.lease }, 'absent'),
  ]);
}
