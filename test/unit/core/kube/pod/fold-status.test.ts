import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { type KubeObject, timestamp } from '#core/kube/object.ts';
import { fillPod } from '#core/kube/pod/fill/fill-pod.ts';
import { foldStatus } from '#core/kube/pod/status/fold-status.ts';
import { POD_DELETED } from '#core/kube/pod/status/pod-phase.ts';
import type { PodContainerObservation } from '#core/model/pod.ts';
import type { StopRequest, Task, TaskObservation } from '#core/model/task.ts';
import { aPod } from '#test/support/a-pod.ts';
import { aTask } from '#test/support/a-task.ts';

const T0 = 1_800_000_000_000;
const placed: Task = { ...aTask({}), assignment: { instanceId: 'm', at: T0 } };
const up: PodContainerObservation = { ready: true, started: true, restartCount: 0, startedAt: T0 };

const seen = (
  status: TaskObservation['status'],
  containers: Readonly<Record<string, PodContainerObservation>>,
  more: Partial<TaskObservation> = {},
): TaskObservation => ({
  taskId: placed.taskId,
  epoch: 1,
  status,
  updates: 1,
  containers: Object.entries(containers).map(([name, pod]) => ({
    name,
    status: pod.terminated ? 'STOPPED' : pod.startedAt ? 'RUNNING' : 'PENDING',
    pod,
  })),
  ...more,
});

const stopped = (code: StopRequest['code'], reason = 'why'): StopRequest => ({ code, reason, at: T0 });
const ended = (exitCode: number): PodContainerObservation => ({
  ready: false,
  started: false,
  restartCount: 0,
  terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt: T0, finishedAt: T0 + 5_000 },
});

/** The statuses that one fact after the other leads to. */
function follow(
  pod: KubeObject,
  ...facts: readonly { readonly task?: Task; readonly observation?: TaskObservation; readonly now?: number }[]
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads of a status, it asserts.
): any {
  let current = fillPod(pod);
  for (const { task = placed, observation, now = T0 } of facts) {
    current = { ...current, status: foldStatus(current, { task, observation, now }) };
  }
  return current['status'] as JsonObject;
}

const conditionsOf = (status: { conditions: readonly { type: string; status: string; reason?: string }[] }) =>
  Object.fromEntries(status.conditions.map(({ type, status: value, reason }) => [type, reason ?? value]));

const withInit = aPod({
  initContainers: [
    { name: 'first', image: 'a' },
    { name: 'side', image: 'b', restartPolicy: 'Always' },
  ],
});

describe('status of a pod', () => {
  it('a pod that waits for room, tells of no container and why it waits', () => {
    const unplaced = { considered: 2, rejected: { 'RESOURCE:CPU': 2 } };
    const status = follow(aPod(), { task: { ...aTask({}), unplaced } });
    expect(status.containerStatuses).toBeUndefined();
    expect(status).toMatchObject({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False' }] });
    expect(status.conditions[0].message).toContain('No machine has room: RESOURCE:CPU.');
  });

  it('a pod on a machine that is not heard of, is being created', () => {
    const status = follow(aPod(), {});
    expect(status).toMatchObject({
      phase: 'Pending',
      startTime: timestamp(T0),
      containerStatuses: [{ name: 'web', ready: false, state: { waiting: { reason: 'ContainerCreating' } } }],
    });
    expect(conditionsOf(status)).toEqual({
      PodScheduled: 'True',
      Initialized: 'True',
      ContainersReady: 'ContainersNotReady',
      Ready: 'ContainersNotReady',
    });
  });

  it('init containers on their way, keep it Pending, and it says which', () => {
    const first = { ready: false, started: false, restartCount: 0, startedAt: T0 };
    const status = follow(withInit, { observation: seen('PENDING', { first }) });
    expect(status.phase).toBe('Pending');
    expect(status.initContainerStatuses[0].state).toEqual({ running: { startedAt: timestamp(T0) } });
    expect(status.containerStatuses[0].state).toEqual({ waiting: { reason: 'PodInitializing' } });
    expect(status.conditions[1]).toMatchObject({
      status: 'False',
      message: 'containers with incomplete status: [first side]',
    });
  });

  it('all containers up, make it Running and Ready, with the address its agent says', () => {
    const done = { ...ended(0), ready: true };
    const observation = seen('RUNNING', { first: done, side: up, web: up }, { address: '172.18.0.2', startedAt: T0 });
    const status = follow(withInit, { observation });
    expect(status).toMatchObject({ phase: 'Running', podIP: '172.18.0.2', podIPs: [{ ip: '172.18.0.2' }] });
    expect(conditionsOf(status)).toMatchObject({ Initialized: 'True', ContainersReady: 'True', Ready: 'True' });
  });

  it('a container that is not ready, is named, and the time of a condition moves with it alone', () => {
    const ready = { observation: seen('RUNNING', { web: up }), now: T0 };
    const unready = { observation: seen('RUNNING', { web: { ...up, ready: false } }), now: T0 + 60_000 };
    const status = follow(aPod(), ready, unready);
    const times = status.conditions.map((one: JsonObject) => [one['type'], one['lastTransitionTime']]);
    expect(Object.fromEntries(times)).toEqual({
      PodScheduled: timestamp(T0),
      Initialized: timestamp(T0),
      ContainersReady: timestamp(T0 + 60_000),
      Ready: timestamp(T0 + 60_000),
    });
    expect(status.conditions[3].message).toBe('containers with unready status: [web]');
  });

  it('a container that crashed, waits, counts and remembers how it ended; the pod stays Running', () => {
    const crashed: PodContainerObservation = {
      ready: false,
      started: false,
      restartCount: 2,
      waiting: { reason: 'CrashLoopBackOff', message: 'back-off 20s' },
      last: { exitCode: 1, reason: 'Error', startedAt: T0, finishedAt: T0 + 1_000 },
    };
    const status = follow(aPod(), { observation: seen('RUNNING', { web: crashed }) });
    expect(status).toMatchObject({
      phase: 'Running',
      containerStatuses: [
        {
          restartCount: 2,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 1, reason: 'Error' } },
        },
      ],
    });
  });

  it.each([
    ['containers that ended well', [0, 0], undefined, undefined, { phase: 'Succeeded' }],
    ['one that did not', [0, 3], undefined, undefined, { phase: 'Failed' }],
    ['a lost machine', [], undefined, stopped('InfrastructureHealth'), { phase: 'Failed', reason: 'NodeLost' }],
    [
      'somebody who stopped its task',
      [0, 0],
      stopped('UserInitiated', 'by hand'),
      undefined,
      { phase: 'Failed', reason: 'Terminated', message: 'by hand' },
    ],
    ['its own deletion', [0, 0], stopped('UserInitiated', POD_DELETED), undefined, { phase: 'Succeeded' }],
    ['a start that failed', [], undefined, stopped('TaskFailedToStart'), { phase: 'Failed', reason: 'StartError' }],
  ])('after %s, it is over accordingly', (_what, codes, asked, own, wanted) => {
    const pod = aPod({ containers: ['a', 'b'].map((name) => ({ name, image: 'nginx' })) });
    const containers = Object.fromEntries(codes.map((code, at) => [['a', 'b'][at] ?? '', ended(code)]));
    const task = asked ? { ...placed, desiredStatus: 'STOPPED' as const, stop: asked } : placed;
    const observation = seen('STOPPED', containers, { stoppedAt: T0, ...(own ? { stop: own } : {}) });
    const status = follow(pod, { task, observation });
    expect(status).toMatchObject(wanted);
    expect(conditionsOf(status)['Ready']).toBe(wanted.phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed');
  });

  it('a running container of a machine that is lost, ended in a way nobody knows', () => {
    const lost = seen('STOPPED', {}, { stop: stopped('InfrastructureHealth'), startedAt: T0, stoppedAt: T0 + 9_000 });
    const status = follow(aPod(), { observation: seen('RUNNING', { web: up }) }, { observation: lost });
    expect(status.containerStatuses[0].state.terminated).toMatchObject({
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
    });
  });

  it('folding the same again, changes nothing', () => {
    const facts = { observation: seen('RUNNING', { web: up }) };
    expect(follow(aPod(), facts, { ...facts, now: T0 + 1e6 })).toEqual(follow(aPod(), facts));
  });
});
