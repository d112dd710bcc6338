import { beforeEach, describe, expect, it } from 'vitest';
import type { Dependencies } from '#control/dependencies.ts';
import { type Acknowledgement, observeReports } from '#control/instances/observe-reports.ts';
import type { StateStore } from '#control/ports.ts';
import { observations, put, readMany } from '#control/records.ts';
import { runTask } from '#control/tasks/run-task.ts';
import type { ContainerObservation, ObservedStatus } from '#core/model/task.ts';
import { AGENT_PROTOCOL } from '#events/agent-wire.ts';
import type { FlowAgent } from '#test/support/flow-agent.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

describe('reports of an agent', () => {
  let world: FlowWorld;
  let agent: FlowAgent;
  let taskIds: readonly string[];

  beforeEach(async () => {
    world = await flowWorld();
    agent = await world.agent('one');
    const { tasks } = await runTask(world.deps, {
      cluster: 'default',
      taskDefinition: 'web',
      count: 3,
      launchType: 'EC2',
      placementConstraints: [],
      placementStrategy: [],
      enableExecuteCommand: false,
      tags: [],
    });
    taskIds = tasks.map(({ task }) => task.taskId);
  });

  const report = (
    status: ObservedStatus,
    store: StateStore = world.store,
    containers: readonly ContainerObservation[] = [],
  ): Promise<readonly Acknowledgement[]> => {
    const deps: Dependencies = { ...world.deps, store };
    const reports = taskIds.map((taskId) => ({ taskId, epoch: 1, status, containers }));
    const request = {
      protocol: AGENT_PROTOCOL,
      agentEpoch: agent.epoch,
      seen: 0,
      synced: true,
      known: taskIds,
      reports,
    };
    return observeReports(deps, { cluster: 'default', instanceId: agent.instanceId }, request);
  };
  const ids = () => taskIds.map((taskId) => ({ cluster: 'default', taskId }));
  const seen = async () => (await readMany(world.store, observations, ids())).map((found) => found?.value.status);

  it('PENDING, is acknowledged and leaves the table as it is', async () => {
    const before = world.store.feed.latest();
    expect(await report('PENDING')).toEqual(taskIds.map((taskId) => ({ taskId, status: 'PENDING' })));
    expect(world.store.feed.latest()).toBe(before);
    expect(await seen()).toEqual([undefined, undefined, undefined]);
  });

  it('PENDING after RUNNING, takes nothing back', async () => {
    await report('RUNNING');
    await report('PENDING');
    expect(await seen()).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
  });

  it('PENDING of a pod, is written once a container has more to say than what everybody expects', async () => {
    const waiting = (reason: string) => ({ ready: false, started: false, restartCount: 0, waiting: { reason } });
    const pod = (reason: string) =>
      report('PENDING', world.store, [{ name: 'app', status: 'PENDING', pod: waiting(reason) }]);
    await pod('ContainerCreating');
    expect(await seen()).toEqual([undefined, undefined, undefined]);
    await pod('ErrImagePull');
    expect(await seen()).toEqual(['PENDING', 'PENDING', 'PENDING']);
    const before = world.store.feed.latest();
    await pod('ErrImagePull');
    expect(world.store.feed.latest()).toBe(before);
  });

  it('RUNNING of several tasks, is taken in for each', async () => {
    expect(await report('RUNNING')).toEqual(taskIds.map((taskId) => ({ taskId, status: 'RUNNING' })));
    expect(await seen()).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
  });

  it('one of several met another writer, that one is read again and the others are written once', async () => {
    const [first] = ids();
    if (!first) throw new Error('no task');
    let isFirst = true;
    const racing: StateStore = {
      ...world.store,
      transact: async (writes) => {
        const fenced = { ...first, epoch: 1, instanceId: agent.instanceId, agentEpoch: agent.epoch };
        const value = { ...fenced, status: 'PENDING', containers: [], updates: 0 } as const;
        if (isFirst) await world.store.transact([put(observations, first, value, 'absent')]);
        isFirst = false;
        return world.store.transact(writes);
      },
    };
    await report('RUNNING', racing);
    const found = await readMany(world.store, observations, ids());
    expect(found.map((it) => [it?.value.status, it?.version])).toEqual([
      ['RUNNING', 2],
      ['RUNNING', 1],
      ['RUNNING', 1],
    ]);
  });
});
