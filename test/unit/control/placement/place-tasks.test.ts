import { describe, expect, it } from 'vitest';
import { unplacedPartition } from '#control/keys.ts';
import { placeTasks } from '#control/placement/place-tasks.ts';
import { put, reservations, tasks } from '#control/records.ts';
import { reservation, task } from '../../core/placement/builders.ts';
import { world } from './place-tasks.world.ts';

const CLUSTER = 'default';
const large = { total: { cpu: 100_000, memory: 200_000 } };
const slot = { service: 'web', deployment: 'ecs-svc/1', index: 0 };

async function waitingIds({ direct }: ReturnType<typeof world>): Promise<readonly unknown[]> {
  return (await direct.queryIndex({ pk: unplacedPartition(CLUSTER) })).items.map((item) => item.value.taskId);
}

describe('placeTasks', () => {
  it('a waiting task and a free machine: both halves are written, the index is left, the agent rung', async () => {
    const here = world();
    await here.addDefinition();
    await here.addInstance(reservation('i-1'));
    await here.addWaiting(task('t1', { unplaced: { considered: 0, rejected: {} } }));
    await placeTasks(here.deps, CLUSTER);
    const placed = await here.taskNow('t1');
    expect(placed?.assignment).toEqual({ instanceId: 'i-1', at: here.clock.now() });
    expect(placed).not.toHaveProperty('unplaced');
    expect((await here.reservationNow('i-1'))?.value.tasks).toEqual([
      { taskId: 't1', epoch: 1, cpu: 256, memory: 512, group: 'family:web' },
    ]);
    expect(await waitingIds(here)).toEqual([]);
    expect(here.rung).toMatchObject([{ instanceId: 'i-1', previous: 1, sequence: 2, changes: [{ taskId: 't1' }] }]);
  });

  it('more tasks than one transaction holds: all are placed, no machine above its bound', async () => {
    const here = world();
    for (const id of ['i-1', 'i-2', 'i-3']) await here.addInstance(reservation(id, large));
    for (let at = 0; at < 250; at += 1) await here.addWaiting(task(`t${at}`));
    await placeTasks(here.deps, CLUSTER);
    expect(await waitingIds(here)).toEqual([]);
    const held = await Promise.all(
      ['i-1', 'i-2', 'i-3'].map(async (id) => (await here.reservationNow(id))?.value.tasks.length),
    );
    expect(held.toSorted()).toEqual([83, 83, 84]);
  });

  it('a task that was stopped meanwhile: left alone', async () => {
    const here = world();
    await here.addInstance(reservation('i-1'));
    await here.addWaiting(task('t1', { desiredStatus: 'STOPPED' }));
    await placeTasks(here.deps, CLUSTER);
    expect((await here.taskNow('t1'))?.assignment).toBeUndefined();
    expect(here.seen.writes).toBe(0);
  });

  it('no room: the reason is on the task, its service is woken, capacity is asked, and a repeat writes nothing', async () => {
    const here = world();
    here.capacity.bounds = { min: 0, max: 1, standby: 0, size: { cpu: 1024, memory: 2048 } };
    await here.addInstance(reservation('i-1', { total: { cpu: 1, memory: 1 } }));
    await here.addWaiting(task('t1', { slot }));
    await placeTasks(here.deps, CLUSTER);
    expect((await here.taskNow('t1'))?.unplaced).toEqual({ considered: 1, rejected: { 'RESOURCE:CPU': 1 } });
    expect(await waitingIds(here)).toEqual(['t1']);
    const [indexed] = (await here.direct.queryIndex({ pk: unplacedPartition(CLUSTER) })).items;
    expect(indexed?.wake).toEqual({ work: { kind: 'service', cluster: CLUSTER, service: 'web' } });
    expect(here.sent).toEqual([{ kind: 'capacity', cluster: CLUSTER }]);
    await placeTasks(here.deps, CLUSTER);
    expect(here.seen.writes).toBe(1);
  });

  it('a machine that came after the fleet was remembered: found before the task is called unplaced', async () => {
    const here = world();
    await here.deps.fleet.load(here.deps, CLUSTER);
    await here.addInstance(reservation('i-1'));
    await here.addWaiting(task('t1'));
    await placeTasks(here.deps, CLUSTER);
    expect((await here.taskNow('t1'))?.assignment?.instanceId).toBe('i-1');
  });

  it('another writer took the room first: the task goes to what is left', async () => {
    const here = world();
    const [first, second] = [
      reservation('i-1'),
      reservation('i-2', { tasks: [{ taskId: 'x', epoch: 1, cpu: 1, memory: 1, group: 'family:web' }] }),
    ];
    await here.addInstance(first);
    await here.addInstance(second);
    await here.addWaiting(task('t1'));
    let isFirst = true;
    here.seen.before = async () => {
      if (!isFirst) return;
      isFirst = false;
      const tasksHeld = [{ taskId: 'other', epoch: 1, cpu: 1024, memory: 2048, group: 'g' }];
      await here.write(put(reservations, first, { ...first, tasks: tasksHeld }, 1));
    };
    await placeTasks(here.deps, CLUSTER);
    expect((await here.taskNow('t1'))?.assignment?.instanceId).toBe('i-2');
    expect((await here.reservationNow('i-1'))?.value.tasks).toHaveLength(1);
  });

  it('a task stopped between the read and the commit: it is not placed, and its batch is', async () => {
    const here = world();
    await here.addInstance(reservation('i-1'));
    await here.addWaiting(task('t1'));
    await here.addWaiting(task('t2'));
    let isFirst = true;
    here.seen.before = async () => {
      if (!isFirst) return;
      isFirst = false;
      await here.write(put(tasks, task('t1'), task('t1', { desiredStatus: 'STOPPED' }), 1));
    };
    await placeTasks(here.deps, CLUSTER);
    expect((await here.taskNow('t1'))?.assignment).toBeUndefined();
    expect((await here.reservationNow('i-1'))?.value.tasks.map(({ taskId }) => taskId)).toEqual(['t2']);
  });

  it('writers that always win: the run gives up as Contended', async () => {
    const here = world();
    await here.addInstance(reservation('i-1', large));
    await here.addWaiting(task('t1'));
    let version = 1;
    here.seen.before = async () => {
      await here.write(put(reservations, reservation('i-1'), reservation('i-1', large), version));
      version += 1;
    };
    await expect(placeTasks(here.deps, CLUSTER)).rejects.toMatchObject({ code: 'Contended' });
  });
});
