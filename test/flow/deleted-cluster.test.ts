import { describe, expect, it } from 'vitest';
import { deleteCluster } from '#control/clusters/delete-cluster.ts';
import type { Dependencies } from '#control/dependencies.ts';
import { clusters, observations, read, tasks } from '#control/records.ts';
import { runTask } from '#control/tasks/run-task.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

const TASK = {
  cluster: 'default',
  taskDefinition: 'web',
  count: 1,
  placementConstraints: [],
  placementStrategy: [],
  enableExecuteCommand: false,
  enableECSManagedTags: false,
  tags: [],
};

/** The same world for one caller, whose next transaction waits until something else has happened. */
const beforeCommit = ({ deps }: FlowWorld, first: () => Promise<unknown>): Dependencies => ({
  ...deps,
  store: {
    ...deps.store,
    get: (key) => deps.store.get(key),
    getMany: (keys) => deps.store.getMany(keys),
    query: (query) => deps.store.query(query),
    queryIndex: (query) => deps.store.queryIndex(query),
    transact: async (writes) => {
      await first();
      return deps.store.transact(writes);
    },
  },
});

async function endOf(world: FlowWorld, taskId: string) {
  const id = { cluster: 'default', taskId };
  const [task, observation] = await Promise.all([read(world.store, tasks, id), read(world.store, observations, id)]);
  return { stop: task?.value.stop?.code, status: observation?.value.status };
}

describe('RunTask while its cluster is deleted', () => {
  it('the deletion commits first, the task is written after it and ended', async () => {
    const world = await flowWorld();
    const racing = beforeCommit(world, () => deleteCluster(world.deps, 'default'));
    const { tasks: started } = await runTask(racing, TASK);
    await world.settle();
    expect(await endOf(world, started[0]?.task.taskId ?? '')).toEqual({ stop: 'TaskFailedToStart', status: 'STOPPED' });
  });

  it('the task is written first, after the deletion looked for tasks, and is ended in time', async () => {
    const world = await flowWorld();
    let taskId = '';
    const racing = beforeCommit(world, async () => {
      const { tasks: started } = await runTask(world.deps, TASK);
      taskId = started[0]?.task.taskId ?? '';
      // Placement looks while the cluster is still ACTIVE, and lets the task wait.
      await world.settle();
    });
    await deleteCluster(racing, 'default');
    expect((await read(world.store, clusters, 'default'))?.value.status).toBe('INACTIVE');
    world.advance(world.deps.timings.sweep);
    await world.settle();
    expect(await endOf(world, taskId)).toEqual({ stop: 'TaskFailedToStart', status: 'STOPPED' });
  });

  it('a task that waits in a cluster there is, goes on waiting', async () => {
    const world = await flowWorld();
    const { tasks: started } = await runTask(world.deps, TASK);
    await world.settle();
    expect(await endOf(world, started[0]?.task.taskId ?? '')).toEqual({ stop: undefined, status: undefined });
  });
});
