import { beforeEach, describe, expect, it } from 'vitest';
import { mirrorWork } from '#control/kube/mirror/mirror-work.ts';
import { reconcileObjects } from '#control/kube/reconcile-objects.ts';
import { runTask } from '#control/tasks/run-task.ts';
import { stopTask } from '#control/tasks/stop-task.ts';
import { type PodWorld, podWorld } from '#test/support/pod-world.ts';

const MIRROR = '/api/v1/namespaces/ecs-default/pods';

describe('tasks of ECS as pods', () => {
  let kube: PodWorld;
  let taskId: string;
  const show = (id = taskId) => reconcileObjects(kube.world.deps, mirrorWork('default', id));
  const shown = async (id = taskId) => (await kube.send('GET', `${MIRROR}/${id}`)).body;

  beforeEach(async () => {
    kube = await podWorld();
    const { tasks } = await runTask(kube.world.deps, {
      cluster: 'default',
      taskDefinition: 'web:1',
      count: 1,
      overrides: undefined,
      placementConstraints: [],
      placementStrategy: [],
      enableECSManagedTags: false,
      enableExecuteCommand: false,
      tags: [],
    } as unknown as Parameters<typeof runTask>[1]);
    taskId = tasks[0]?.task.taskId ?? '';
  });

  it('a task that is placed, runs and is stopped, is a pod that does the same', async () => {
    await show();
    expect(await shown()).toMatchObject({
      metadata: { labels: { 'berth/ecs-task': taskId, 'berth/ecs-family': 'web' } },
      spec: { schedulerName: 'ecs', nodeName: kube.agent.instanceId },
      status: { phase: 'Pending' },
    });
    await kube.world.converge();
    await show();
    expect((await shown()).status).toMatchObject({ phase: 'Running', containerStatuses: [{ ready: true }] });
    await stopTask(kube.world.deps, 'default', taskId, 'enough');
    await kube.world.converge();
    await show();
    expect((await shown()).status).toMatchObject({ phase: 'Failed', reason: 'Terminated', message: 'enough' });
  });

  it('looking again, writes nothing', async () => {
    await kube.world.converge();
    await show();
    const before = kube.world.store.feed.latest();
    await show();
    expect(kube.world.store.feed.latest()).toBe(before);
  });

  it('its namespace, can be read and not changed, however one tries', async () => {
    await show();
    const tries = await Promise.all([
      kube.send('DELETE', `${MIRROR}/${taskId}`),
      kube.send('DELETE', MIRROR),
      kube.send('POST', `${MIRROR}/${taskId}/eviction`, {}),
      kube.send('POST', MIRROR, { metadata: { name: 'own' }, spec: { containers: [{ name: 'a', image: 'b' }] } }),
      kube.send('PATCH', `${MIRROR}/${taskId}`, { metadata: { labels: { a: 'b' } } }),
      kube.send('PUT', `${MIRROR}/${taskId}/status`, { status: {} }),
      kube.send('POST', '/api/v1/namespaces/ecs-default/configmaps', { metadata: { name: 'own' } }),
      kube.send('DELETE', '/api/v1/namespaces/ecs-default'),
    ]);
    for (const answer of tries) {
      expect(answer).toMatchObject({ status: 403, body: { reason: 'Forbidden' } });
      expect(answer.body.message).toContain('aws ecs stop-task');
    }
    expect((await shown()).status.phase).toBe('Pending');
  });

  it('a pod of Kubernetes, is not shown a second time', async () => {
    const pod = await kube.run('web');
    const own = (await kube.taskOf(pod)).task.taskId;
    await show(own);
    expect((await kube.send('GET', `${MIRROR}/${own}`)).status).toBe(404);
  });

  it('a task that nobody told of, is found by a sweep once any is shown', async () => {
    await show();
    const [again] = (
      await runTask(kube.world.deps, {
        cluster: 'default',
        taskDefinition: 'web:1',
        count: 1,
        placementConstraints: [],
        placementStrategy: [],
        tags: [],
      } as unknown as Parameters<typeof runTask>[1])
    ).tasks;
    for (let minute = 0; minute < 6; minute += 1) {
      kube.world.advance(60_000);
      await kube.agent.beat();
      await kube.world.sweep();
      await kube.world.converge();
    }
    expect((await shown(again?.task.taskId)).status.phase).toBe('Running');
  });

  it('a task that is forgotten, takes its pod along', async () => {
    await show();
    await stopTask(kube.world.deps, 'default', taskId, 'enough');
    await kube.world.converge();
    kube.world.advance(25 * 3_600_000);
    expect(kube.world.store.expire(kube.world.clock.now())).toBeGreaterThan(0);
    await show();
    expect((await kube.send('GET', `${MIRROR}/${taskId}`)).status).toBe(404);
  });
});
