import { beforeEach, describe, expect, it } from 'vitest';
import { observations, put, read } from '#control/records.ts';
import { PODS, type PodWorld, podWorld } from '#test/support/pod-world.ts';

const TWO = {
  containers: [
    { name: 'web', image: 'nginx' },
    { name: 'side', image: 'nginx' },
  ],
  initContainers: [{ name: 'first', image: 'nginx' }],
};

describe('logs of a pod', () => {
  let kube: PodWorld;

  beforeEach(async () => {
    kube = await podWorld();
  });

  const refusal = async (path: string, method = 'GET') => {
    const { status, body } = await kube.send(method, `${PODS}/${path}`);
    expect(body).toMatchObject({ kind: 'Status', status: 'Failure', code: status });
    return `${status} ${body.reason}: ${body.message}`;
  };

  it('of a pod that is not there, are not found', async () => {
    expect(await refusal('none/log')).toBe('404 NotFound: pods "none" not found');
  });

  it('of several containers, need the name of one the pod has', async () => {
    await kube.run('web', TWO);
    expect(await refusal('web/log')).toBe(
      '400 BadRequest: a container name must be specified for pod web, choose one of: [web side] or one of the init containers: [first]',
    );
    expect(await refusal('web/log?container=other')).toBe('400 BadRequest: container other is not valid for pod web');
  });

  it('of a pod that has no machine, say so', async () => {
    await kube.run('big', {
      containers: [{ name: 'web', image: 'nginx', resources: { requests: { cpu: '8' } } }],
    });
    expect(await refusal('big/log')).toBe('400 BadRequest: pod big does not have a host assigned');
  });

  it('of the run before, when there was none, say so', async () => {
    await kube.run('web');
    expect(await refusal('web/log?previous=true')).toBe(
      '400 BadRequest: previous terminated container "web" in pod "web" not found',
    );
  });

  it('of a container that waits, say why', async () => {
    const pod = await kube.run('web');
    const { task, observation } = await kube.taskOf(pod);
    const id = { cluster: 'default', taskId: task.taskId };
    const waiting = { reason: 'ImagePullBackOff' };
    const containers = [
      { name: 'web', status: 'PENDING', pod: { ready: false, started: false, restartCount: 0, waiting } },
    ] as const;
    const before = await read(kube.world.deps.store, observations, id);
    const seen = { ...observation, status: 'PENDING', containers };
    await kube.world.deps.store.transact([put(observations, id, seen, before?.version ?? 'absent')]);
    expect(await refusal('web/log')).toBe(
      '400 BadRequest: container "web" in pod "web" is waiting to start: ImagePullBackOff',
    );
  });

  it('parameters that are none, are refused before anything is asked of a machine', async () => {
    await kube.run('web');
    expect(await refusal('web/log?tailLines=-1')).toMatch(/^400 BadRequest: tailLines/);
    expect(await refusal('web/log?sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z')).toMatch(
      /^400 BadRequest: at most one/,
    );
    expect(await refusal('web/log?sinceTime=yesterday')).toMatch(/^400 BadRequest: sinceTime/);
  });

  it('of a machine that is not heard from, say so', async () => {
    await kube.run('web');
    kube.world.advance(kube.world.deps.timings.lease);
    expect(await refusal('web/log')).toMatch(/^409 Conflict: .* is not connected/);
  });

  it('of a machine whose agent does not come, say so in a minute', async () => {
    await kube.run('web');
    expect(await refusal('web/log')).toMatch(/^409 Conflict: /);
  });

  it('logs, may only be read', async () => {
    await kube.run('web');
    expect(await refusal('web/log', 'DELETE')).toMatch(/^405 MethodNotAllowed/);
  });

  it.each(['exec', 'attach', 'portforward'])('%s, is a connection of its own, which there is none of', async (part) => {
    for (const method of ['GET', 'POST']) {
      expect(await refusal(`web/${part}?command=ls`, method)).toMatch(
        new RegExp(
          `^400 BadRequest: pods/${part} needs HTTP Upgrade, which Berth's Kubernetes API does not offer yet; `,
        ),
      );
    }
  });
});
