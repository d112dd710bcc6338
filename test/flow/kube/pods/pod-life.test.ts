import { beforeEach, describe, expect, it } from 'vitest';
import { read, reservations } from '#control/records.ts';
import { PODS, type PodWorld, podWorld } from '#test/support/pod-world.ts';

const conditions = (pod: { status: { conditions: readonly { type: string; status: string }[] } }) =>
  Object.fromEntries(pod.status.conditions.map(({ type, status }) => [type, status]));

describe('life of a pod', () => {
  let kube: PodWorld;

  beforeEach(async () => {
    kube = await podWorld();
  });

  it('a pod that is made, runs on a machine and on a node of its own', async () => {
    const pod = await kube.run('web');
    expect(pod.metadata).toMatchObject({
      labels: { 'eks.amazonaws.com/fargate-profile': 'fp-default' },
      annotations: { CapacityProvisioned: '0.25vCPU 0.5GB' },
    });
    expect(pod.spec).toMatchObject({
      schedulerName: 'fargate-scheduler',
      priorityClassName: 'system-node-critical',
      priority: 2_000_001_000,
    });
    expect(pod.status).toMatchObject({
      phase: 'Running',
      containerStatuses: [{ name: 'web', ready: true, started: true, restartCount: 0, state: { running: {} } }],
    });
    expect(conditions(pod)).toEqual({
      PodScheduled: 'True',
      Initialized: 'True',
      ContainersReady: 'True',
      Ready: 'True',
    });
    expect(pod.spec.nodeName).toMatch(/^fargate-ip-10-\d+-\d+-\d+\.us-east-1\.compute\.internal$/);
    const [node, ...others] = await kube.nodes();
    expect(others).toEqual([]);
    expect(node).toMatchObject({
      metadata: { name: pod.spec.nodeName, labels: { 'eks.amazonaws.com/compute-type': 'fargate' } },
      spec: { taints: [{ key: 'eks.amazonaws.com/compute-type', value: 'fargate', effect: 'NoSchedule' }] },
      status: { capacity: { cpu: '250m', memory: '512Mi', pods: '1' } },
    });
    expect(kube.agent.started).toHaveLength(1);
  });

  it('what happens to it, is told by events', async () => {
    const { spec } = await kube.run('web');
    expect(await kube.events('web')).toEqual(
      expect.arrayContaining([
        `Scheduled: Successfully assigned default/web to ${spec.nodeName}`,
        'Started: Started container web',
      ]),
    );
  });

  it('its task, is one of Fargate with the size and the group of the pod', async () => {
    const pod = await kube.run('web', {
      containers: [{ name: 'web', image: 'nginx', resources: { requests: { cpu: '1', memory: '3Gi' } } }],
    });
    expect((await kube.taskOf(pod)).task).toMatchObject({
      launchType: 'FARGATE',
      resources: { cpu: 1_024, memory: 4_096 },
      group: 'pod:default/web',
      pod: { namespace: 'default', name: 'web', uid: pod.metadata.uid },
    });
  });

  it('a deleted pod, stays until its containers are gone, and takes its node along', async () => {
    const pod = await kube.run('web');
    const asked = await kube.send('DELETE', `${PODS}/web`, { gracePeriodSeconds: 5 });
    expect(asked.body.metadata).toMatchObject({ deletionGracePeriodSeconds: 5 });
    await kube.world.settle();
    expect((await kube.taskOf(pod)).task.desiredStatus).toBe('STOPPED');
    expect((await kube.pod('web')).status.phase).toBe('Running');
    const machine = { cluster: 'default', instanceId: kube.agent.instanceId };
    const told = await read(kube.world.store, reservations, machine);
    expect(told?.value.tasks).toMatchObject([{ stop: true, grace: 5 }]);
    await kube.world.converge();
    expect(await kube.isGone('web')).toBe(true);
    expect(await kube.nodes()).toEqual([]);
    expect(kube.agent.running.size).toBe(0);
    expect(await kube.events('web')).toContain('Killing: Stopping container web');
  });

  it('a deletion without grace, does not wait for the containers', async () => {
    await kube.run('web');
    await kube.send('DELETE', `${PODS}/web?gracePeriodSeconds=0`);
    await kube.world.settle();
    expect(await kube.isGone('web')).toBe(true);
    await kube.world.converge();
    expect(kube.agent.running.size).toBe(0);
  });

  it('a pod that ended, keeps how it ended and gives its node back', async () => {
    const pod = await kube.run('web', { restartPolicy: 'Never' });
    kube.agent.crash((await kube.taskOf(pod)).task.taskId);
    await kube.world.converge();
    const over = await kube.pod('web');
    expect(over.status.phase).toBe('Failed');
    expect(conditions(over)).toMatchObject({ Ready: 'False', PodScheduled: 'True' });
    expect(await kube.nodes()).toEqual([]);
    await kube.send('DELETE', `${PODS}/web`);
    await kube.world.converge();
    expect(await kube.isGone('web')).toBe(true);
  });

  it('a pod of a machine that is lost, failed, so that its controller replaces it', async () => {
    await kube.run('web');
    kube.agent.isUp = false;
    kube.world.advance(120_000);
    await kube.world.sweep();
    kube.world.advance(120_000);
    await kube.world.sweep();
    await kube.world.settle();
    expect((await kube.pod('web')).status).toMatchObject({ phase: 'Failed', reason: 'NodeLost' });
  });

  it('a pod that finds no room, says so and runs once there is', async () => {
    const big = { containers: [{ name: 'web', image: 'nginx', resources: { requests: { cpu: '8' } } }] };
    const waiting = await kube.run('big', big);
    expect(waiting.status).toMatchObject({
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
    });
    expect(waiting.status.conditions[0].message).toBe(
      'Fargate capacity is unavailable at this time. No machine has room: RESOURCE:CPU.',
    );
    await kube.world.agent('m2', { cpu: 16_384, memory: 32_768 });
    await kube.world.converge();
    expect((await kube.pod('big')).status.phase).toBe('Running');
  });

  it('once it runs, looking at it again writes nothing', async () => {
    await kube.run('web');
    const before = kube.world.store.feed.latest();
    await kube.world.sweep();
    await kube.world.settle();
    expect(kube.world.store.feed.latest()).toBe(before);
  });
});
