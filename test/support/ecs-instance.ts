import type { Dependencies } from '#control/dependencies.ts';
import { leases, observations, put, read, registrations, reservations } from '#control/records.ts';
import type { Reservation } from '#core/model/container-instance.ts';
import type { EcsHarness } from './ecs-request.ts';

/** A machine of the cluster `default` with a live agent, as registration and the first sync leave it. */
export async function addInstance(
  { deps, clock }: EcsHarness,
  instanceId: string,
  attributes: Reservation['attributes'] = { 'ecs.os-type': 'linux', fast: '' },
): Promise<void> {
  const id = { cluster: 'default', instanceId };
  const total = { cpu: 2048, memory: 4096 };
  const registeredAt = clock.now();
  const agentVersion = '1.0.0';
  await deps.store.transact([
    put(
      registrations,
      id,
      {
        ...id,
        publicKey: 'key',
        hostname: 'box',
        runtime: 'simulated',
        agentVersion,
        attributes,
        total,
        registeredAt,
        tags: [{ key: 'rack', value: '7' }],
      },
      'absent',
    ),
    put(
      reservations,
      id,
      {
        ...id,
        status: 'ACTIVE',
        agentEpoch: 1,
        schedulable: true,
        total,
        attributes,
        agentVersion,
        registeredAt,
        tasks: [],
      },
      'absent',
    ),
    put(leases, id, { instanceId, agentEpoch: 1, expiresAt: clock.now() + deps.timings.lease }, 'absent'),
  ]);
}

/** The instance's agent reports RUNNING whatever it holds. */
export async function reportRunning({ store, clock }: Dependencies, instanceId: string): Promise<void> {
  const held = await read(store, reservations, { cluster: 'default', instanceId });
  const now = clock.now();
  for (const { taskId, epoch } of held?.value.tasks ?? []) {
    const before = await read(store, observations, { cluster: 'default', taskId });
    const seen = {
      taskId,
      epoch,
      instanceId,
      agentEpoch: 1,
      status: 'RUNNING',
      containers: [],
      startedAt: now,
      updates: 1,
    } as const;
    await store.transact([put(observations, { cluster: 'default', taskId }, seen, before?.version ?? 'absent')]);
  }
}
