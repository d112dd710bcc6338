import { describe, expect, it } from 'vitest';
import { failStart, observeContainer } from '#agent/engine/observe.ts';
import { reportOf } from '#agent/engine/report.ts';
import { newTaskState } from '#agent/engine/task-state.ts';
import type { ContainerInfo } from '#agent/runtime/port.ts';
import { RuntimeFault, type RuntimeFaultCode } from '#agent/runtime/runtime-fault.ts';
import { aTaskSpec } from '#test/support/agent-specs.ts';

const state = () => newTaskState(aTaskSpec({ taskId: 't1' }));

/** What the runtime says of a container that is over; the labels play no part in why it ended. */
const exited = (end: Pick<ContainerInfo, 'exitCode' | 'oomKilled'>): ContainerInfo => ({
  name: 't1.1.app',
  runtimeId: 'r1',
  labels: {
    task: 't1',
    epoch: 1,
    agent: 'i1',
    agentEpoch: 1,
    container: 'app',
    cluster: 'default',
    group: 'service:web',
    essential: true,
    count: 1,
    stopTimeout: 30,
  },
  state: 'exited',
  networkBindings: [],
  ...end,
});

describe('why a task ended, as its agent reports it', () => {
  it.each<[RuntimeFaultCode, string, string]>([
    ['CannotPullContainerError', 'manifest unknown', 'CannotPullContainerError: manifest unknown'],
    ['CannotCreateContainerError', 'no such image', 'CannotCreateContainerError: no such image'],
    ['CannotStartContainerError', 'no such file', 'CannotStartContainerError: no such file'],
    ['ContainerRuntimeTimeoutError', 'no answer', 'ContainerRuntimeTimeoutError: no answer'],
    ['ResourceInitializationError', 'no network', 'ResourceInitializationError: no network'],
  ])('%s, is TaskFailedToStart with the reason on the task and on the container', (code, message, reason) => {
    const { stop, containers } = reportOf(failStart(state(), 'app', new RuntimeFault(code, message), 5));
    expect(stop).toEqual({ code: 'TaskFailedToStart', reason, at: 5 });
    expect(containers).toMatchObject([{ name: 'app', reason }]);
  });

  it.each([
    ['a fault', { exitCode: 1, oomKilled: false }, { exitCode: 1 }],
    ['success', { exitCode: 0, oomKilled: false }, { exitCode: 0 }],
    [
      'its memory limit',
      { exitCode: 137, oomKilled: true },
      { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
    ],
  ])('essential container, ended by %s, is EssentialContainerExited', (_by, end, container) => {
    const { stop, containers } = reportOf(observeContainer(state(), 'app', exited(end), 5));
    expect(stop).toEqual({ code: 'EssentialContainerExited', reason: 'Essential container in task exited', at: 5 });
    expect(containers).toMatchObject([{ name: 'app', status: 'STOPPED', ...container }]);
  });

  it('task that the control plane stops, has no reason of the agent: the one who asked has given it', () => {
    const stopping = { ...state(), desired: 'STOPPED' } as const;
    expect(
      reportOf(observeContainer(stopping, 'app', exited({ exitCode: 143, oomKilled: false }), 5)).stop,
    ).toBeUndefined();
  });
});
