import { beforeEach, describe, expect, it } from 'vitest';
import { jobReconciler } from '#control/kube/job/reconcile-job.ts';
import { type KubePods, kubePods } from '#test/support/kube-pods.ts';
import { type KubeReply, type KubeWorld, kubeWorld } from '#test/support/kube-world.ts';

const JOBS = '/apis/batch/v1/namespaces/default/jobs';
const PODS = '/api/v1/namespaces/default/pods';
const MERGE = { 'content-type': 'application/merge-patch+json' };
const ID = { cluster: 'default', resource: 'jobs.batch', namespace: 'default', name: 'sum' };

const spec = { restartPolicy: 'Never', containers: [{ name: 'main', image: 'app:1' }] };
const aJob = (asked: object = {}) => ({ metadata: { name: 'sum' }, spec: { template: { spec }, ...asked } });

describe('jobs', () => {
  let kube: KubeWorld;
  let pods: KubePods;
  const sum = async (): Promise<KubeReply['body']> => (await kube.send('GET', `${JOBS}/sum`)).body;
  const create = async (job: object = aJob()): Promise<void> => {
    expect((await kube.send('POST', JOBS, job)).status).toBe(201);
    await kube.world.settle();
  };
  const change = async (asked: object): Promise<void> => {
    expect((await kube.send('PATCH', `${JOBS}/sum`, { spec: asked }, MERGE)).status).toBe(200);
    await kube.world.settle();
  };
  const running = async (): Promise<readonly KubeReply['body'][]> =>
    (await pods.list()).filter(
      ({ metadata, status }) => !metadata.deletionTimestamp && !['Succeeded', 'Failed'].includes(status?.phase),
    );
  const end = async (how: 'succeed' | 'fail', count = 1): Promise<void> => {
    for (const { metadata } of (await running()).slice(0, count)) await pods[how](metadata.name);
    await kube.world.settle();
  };
  const condition = async (type: string) =>
    (await sum()).status.conditions?.find((one: { type: string }) => one.type === type);

  beforeEach(async () => {
    kube = await kubeWorld();
    pods = kubePods(kube);
  });

  it('a new one, runs a pod and is complete when that has succeeded', async () => {
    await create();
    const [pod] = await pods.list();
    expect(pod.metadata).toMatchObject({
      labels: { 'batch.kubernetes.io/job-name': 'sum', 'job-name': 'sum' },
      finalizers: ['batch.kubernetes.io/job-tracking'],
      ownerReferences: [{ kind: 'Job', name: 'sum', controller: true }],
    });
    expect((await sum()).status).toMatchObject({ active: 1, ready: 0, startTime: expect.any(String) });
    await end('succeed');
    const { status } = await sum();
    expect(status).toMatchObject({ succeeded: 1, completionTime: expect.any(String) });
    expect(status.active).toBeUndefined();
    expect(await condition('Complete')).toMatchObject({ status: 'True', reason: 'CompletionsReached' });
    expect((await pods.list())[0].metadata.finalizers ?? []).toEqual([]);
    const before = kube.world.store.feed.latest();
    await kube.world.sweep();
    await kube.world.settle();
    expect(kube.world.store.feed.latest()).toBe(before);
  });

  it('completions and parallelism, bound how many run at once and how many succeed', async () => {
    await create(aJob({ completions: 5, parallelism: 2 }));
    for (let left = 5; left > 0; left -= 1) {
      expect(await running()).toHaveLength(Math.min(2, left));
      await end('succeed');
    }
    expect((await sum()).status.succeeded).toBe(5);
    expect(await condition('Complete')).toMatchObject({ status: 'True' });
  });

  it('failures, are tried again after 10 s, doubling, until the limit', async () => {
    await create(aJob({ backoffLimit: 2 }));
    await end('fail');
    expect(await running()).toEqual([]);
    kube.world.advance(10_000);
    await kube.world.settle();
    await end('fail');
    kube.world.advance(19_000);
    await kube.world.settle();
    expect(await running()).toEqual([]);
    kube.world.advance(1_000);
    await kube.world.settle();
    await end('fail');
    expect(await condition('Failed')).toMatchObject({ status: 'True', reason: 'BackoffLimitExceeded' });
    expect((await sum()).status.failed).toBe(3);
    kube.world.advance(1_000_000);
    await kube.world.settle();
    expect(await running()).toEqual([]);
  });

  it('an indexed one, has a pod for each index, which knows it, and replaces the one that failed', async () => {
    await create(aJob({ completions: 4, parallelism: 4, completionMode: 'Indexed' }));
    const [first] = await running();
    expect(first.metadata.name).toMatch(/^sum-0-[a-z0-9]{5}$/);
    expect(first.spec).toMatchObject({
      hostname: 'sum-0',
      containers: [{ env: [{ name: 'JOB_COMPLETION_INDEX', value: '0' }] }],
    });
    for (const { metadata } of await running()) {
      if (metadata.annotations['batch.kubernetes.io/job-completion-index'] === '1') await pods.fail(metadata.name);
      else await pods.succeed(metadata.name);
    }
    await kube.world.settle();
    expect((await sum()).status).toMatchObject({ succeeded: 3, failed: 1, completedIndexes: '0,2-3' });
    kube.world.advance(10_000);
    await kube.world.settle();
    expect((await running()).map(({ metadata }) => metadata.name)).toEqual([expect.stringMatching(/^sum-1-/)]);
    await end('succeed');
    expect((await sum()).status).toMatchObject({ succeeded: 4, completedIndexes: '0-3' });
  });

  it('the deadline, ends it and its pods', async () => {
    await create(aJob({ activeDeadlineSeconds: 60, parallelism: 2, completions: 2 }));
    kube.world.advance(60_000);
    await kube.world.settle();
    expect(await condition('Failed')).toMatchObject({ status: 'True', reason: 'DeadlineExceeded' });
    expect(await running()).toEqual([]);
  });

  it('finished for its time to live, goes with its pods', async () => {
    await create(aJob({ ttlSecondsAfterFinished: 100 }));
    await end('succeed');
    kube.world.advance(99_000);
    await kube.world.settle();
    expect((await sum()).kind).toBe('Job');
    kube.world.advance(1_000);
    await kube.world.settle();
    kube.world.advance(2_000);
    await kube.world.settle();
    expect((await sum()).reason).toBe('NotFound');
    expect(await pods.list()).toEqual([]);
  });

  it('suspended, has no pods and counts no failures; resumed, it goes on', async () => {
    await create(aJob({ completions: 3, parallelism: 3 }));
    await end('succeed');
    await change({ suspend: true });
    expect(await running()).toEqual([]);
    expect(await condition('Suspended')).toMatchObject({ status: 'True', reason: 'JobSuspended' });
    await change({ suspend: false });
    expect(await running()).toHaveLength(2);
    await end('succeed', 2);
    expect((await sum()).status).toMatchObject({ succeeded: 3 });
    expect((await sum()).status.failed).toBeUndefined();
  });

  it('a pod that is deleted while it runs, counts as failed once and is replaced', async () => {
    await create();
    const [name = ''] = await pods.names();
    await kube.send('DELETE', `${PODS}/${name}`);
    await kube.world.settle();
    expect((await sum()).status).toMatchObject({ failed: 1, active: 1 });
    expect(await pods.names()).not.toContain(name);
  });

  it('without completions, the first success lets the others end and begins no more', async () => {
    await create(aJob({ parallelism: 3 }));
    expect(await running()).toHaveLength(3);
    await end('succeed');
    expect(await running()).toHaveLength(2);
    expect(await condition('Complete')).toBeUndefined();
    await end('succeed', 2);
    expect(await condition('Complete')).toMatchObject({ status: 'True' });
    expect((await sum()).status.succeeded).toBe(3);
  });

  it.each(['Background', 'Foreground'])(
    'deleted in the %s, takes pods along that still run',
    async (propagationPolicy) => {
      await create(aJob({ completions: 3, parallelism: 3 }));
      await kube.send('DELETE', `${JOBS}/sum`, { propagationPolicy });
      await kube.world.settle();
      kube.world.advance(2_000);
      await kube.world.settle();
      expect((await sum()).reason).toBe('NotFound');
      expect(await pods.list()).toEqual([]);
    },
  );

  it('deleted with Orphan, leaves pods that nothing holds', async () => {
    await create();
    await kube.send('DELETE', `${JOBS}/sum`, { propagationPolicy: 'Orphan' });
    await kube.world.settle();
    const [pod] = await pods.list();
    expect(pod.metadata.finalizers ?? []).toEqual([]);
    expect(pod.metadata.ownerReferences).toBeUndefined();
  });

  it('workers that race, make no pod twice and count no end twice', async () => {
    await kube.send('POST', JOBS, aJob({ completions: 40, parallelism: 40 }));
    const workers = ['a', 'b', 'c', 'd'].map((seed) => kube.world.anotherWorker(seed));
    const race = () => Promise.all(workers.map((deps) => jobReconciler.reconcile(deps, ID)));
    await race();
    expect(await pods.names()).toHaveLength(40);
    for (const name of await pods.names()) await pods.succeed(name);
    await race();
    expect((await sum()).status).toMatchObject({ succeeded: 40 });
  });

  it.each([
    [
      'a pod that restarts always',
      { template: { spec: { ...spec, restartPolicy: 'Always' } } },
      'spec.template.spec.restartPolicy',
      'Unsupported value: "Always": supported values: "OnFailure", "Never"',
    ],
    [
      'indexes without a number',
      { completionMode: 'Indexed', parallelism: 2 },
      'spec.completions',
      'Required value: when completion mode is Indexed',
    ],
    [
      'fewer than no completions',
      { completions: -1 },
      'spec.completions',
      'Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'a policy of failures',
      { podFailurePolicy: { rules: [] } },
      'spec.podFailurePolicy',
      'Forbidden: Berth does not support it yet',
    ],
  ])('%s, is refused in the words of Kubernetes', async (_what, asked, field, message) => {
    const { status, body } = await kube.send('POST', JOBS, aJob(asked));
    expect({ status, cause: body.details?.causes?.[0] }).toMatchObject({ status: 422, cause: { field, message } });
  });

  it('another template for one that stands, is refused; another parallelism is not', async () => {
    await create(aJob({ completions: 3 }));
    const template = { spec: { containers: [{ name: 'main', image: 'app:2' }] } };
    const refused = await kube.send('PATCH', `${JOBS}/sum`, { spec: { template } }, MERGE);
    expect(refused).toMatchObject({ status: 422, body: { details: { causes: [{ field: 'spec.template' }] } } });
    await change({ parallelism: 3 });
    expect(await running()).toHaveLength(3);
  });
});
