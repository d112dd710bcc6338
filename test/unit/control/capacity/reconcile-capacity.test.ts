import { describe, expect, it } from 'vitest';
import { reconcileCapacity } from '#control/capacity/reconcile-capacity.ts';
import { createCapacityProvider } from '#control/capacity-providers/create-capacity-provider.ts';
import { createCluster } from '#control/clusters/create-cluster.ts';
import { capacityStates, leases, put, read } from '#control/records.ts';
import { Fault } from '#core/fault.ts';
import { held, reservation, task } from '../../core/placement/builders.ts';
import { world } from '../placement/place-tasks.world.ts';

const CLUSTER = 'default';
const size = { cpu: 1024, memory: 2048 };
type World = ReturnType<typeof world>;

function pool(bounds: { readonly min: number; readonly max: number; readonly standby: number }): World {
  const here = world();
  here.capacity.bounds = { ...bounds, size };
  return here;
}

/** Every machine that is not known yet registers and stays in touch. */
async function register(here: World): Promise<readonly string[]> {
  const ids = [...here.capacity.machines.keys()];
  for (const machineId of ids) await here.addInstance(reservation(`i-${machineId}`, { machineId, total: size }));
  return ids;
}

async function keepLease(here: World, instanceId: string, version: number): Promise<void> {
  await here.write(
    put(leases, reservation(instanceId), { instanceId, agentEpoch: 1, expiresAt: here.clock.now() + 20_000 }, version),
  );
}

const remembered = async (here: World) =>
  (await read(here.direct, capacityStates, { cluster: CLUSTER }))?.value.machines ?? [];

describe('reconcileCapacity', () => {
  it('a cluster without a policy: nothing is read or written', async () => {
    const here = world();
    await reconcileCapacity(here.deps, CLUSTER);
    expect([here.seen.reads, here.seen.writes]).toEqual([0, 0]);
  });

  it('an empty pool: the minimum is launched and remembered; settled, it writes nothing more', async () => {
    const here = pool({ min: 2, max: 3, standby: 0 });
    await reconcileCapacity(here.deps, CLUSTER);
    expect(here.capacity.machines.size).toBe(2);
    expect((await remembered(here)).map(({ machineId }) => machineId)).toEqual([...here.capacity.machines.keys()]);
    await register(here);
    await reconcileCapacity(here.deps, CLUSTER);
    const writes = here.seen.writes;
    await reconcileCapacity(here.deps, CLUSTER);
    expect(here.seen.writes).toBe(writes);
  });

  it('two workers at once: no more machines than one of them would make', async () => {
    const here = pool({ min: 2, max: 9, standby: 0 });
    await Promise.all([reconcileCapacity(here.deps, CLUSTER), reconcileCapacity(here.deps, CLUSTER)]);
    expect(here.capacity.machines.size).toBe(2);
  });

  it('a task of a provider with managed scaling: as many machines of that provider as its target says', async () => {
    const here = pool({ min: 0, max: 9, standby: 0 });
    const managedScaling = { status: 'ENABLED', targetCapacity: 50 } as const;
    await createCapacityProvider(here.deps, {
      name: 'metal',
      autoScalingGroup: { autoScalingGroupArn: 'metal', managedScaling },
      tags: [],
    });
    await createCluster(here.deps, { name: CLUSTER, tags: [], settings: [], capacityProviders: ['metal'] });
    const unplaced = { considered: 0, rejected: {} };
    await here.addWaiting(task('a', { resources: size, unplaced, launchType: 'EC2', capacityProvider: 'metal' }));
    await reconcileCapacity(here.deps, CLUSTER);
    expect([...here.capacity.providers.values()]).toEqual(['metal', 'metal']);
    expect(here.capacity.machines.size).toBe(2);
  });

  it('waiting tasks that placement found no room for: machines for them', async () => {
    const here = pool({ min: 0, max: 5, standby: 0 });
    const unplaced = { considered: 0, rejected: {} };
    for (const id of ['t1', 't2', 't3', 't4', 't5']) await here.addWaiting(task(id, { unplaced }));
    await here.addWaiting(task('t6', { resources: { cpu: 9_999, memory: 1 }, unplaced }));
    await reconcileCapacity(here.deps, CLUSTER);
    expect(here.capacity.machines.size).toBe(2);
  });

  it('a provider in trouble: the intent stays, and the same machines come once it recovers', async () => {
    const here = pool({ min: 1, max: 3, standby: 0 });
    here.capacity.trouble = new Fault('Unavailable', 'no machines today');
    await reconcileCapacity(here.deps, CLUSTER);
    const [intended] = await remembered(here);
    here.capacity.trouble = undefined;
    await reconcileCapacity(here.deps, CLUSTER);
    expect([...here.capacity.machines.keys()]).toEqual([intended?.machineId]);
  });

  it('a machine idle too long: drained, deregistered, terminated and forgotten', async () => {
    const here = pool({ min: 1, max: 3, standby: 0 });
    await reconcileCapacity(here.deps, CLUSTER);
    const [machineId = ''] = await register(here);
    await reconcileCapacity(here.deps, CLUSTER);
    here.capacity.bounds = { min: 0, max: 3, standby: 0, size };
    here.clock.advance(here.deps.timings.machineIdle + 1);
    await keepLease(here, `i-${machineId}`, 1);
    await reconcileCapacity(here.deps, CLUSTER);
    expect(here.capacity.machines.size).toBe(0);
    expect((await here.reservationNow(`i-${machineId}`))?.value.status).toBe('INACTIVE');
    expect(await remembered(here)).toEqual([]);
  });

  it('a stopped machine that still holds tasks: started again, so that it takes its containers back', async () => {
    const here = pool({ min: 1, max: 2, standby: 0 });
    here.capacity.machines.set('m-old', 'stopped');
    await here.addInstance(reservation('i-old', { machineId: 'm-old', tasks: [held('x')] }));
    await reconcileCapacity(here.deps, CLUSTER);
    expect([...here.capacity.machines.values()]).toEqual(['running']);
    expect((await here.reservationNow('i-old'))?.value.status).toBe('ACTIVE');
  });
});
