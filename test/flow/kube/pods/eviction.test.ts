import { beforeEach, describe, expect, it } from 'vitest';
import { PODS, type PodWorld, podWorld } from '#test/support/pod-world.ts';

const BUDGETS = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
const LABELS = { labels: { app: 'web' } };

describe('eviction of pods', () => {
  let kube: PodWorld;
  const evict = (name: string, deleteOptions: object = {}) =>
    kube.send('POST', `${PODS}/${name}/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace: 'default' },
      deleteOptions,
    });
  const budget = async (spec: object, name = 'web') => {
    const body = { metadata: { name }, spec: { selector: { matchLabels: { app: 'web' } }, ...spec } };
    await kube.send('POST', BUDGETS, body);
    await kube.world.converge();
  };
  /** What the budget says once it has heard of the pods, which takes a second. */
  const counts = async () => {
    kube.world.advance(1_000);
    await kube.world.settle();
    return (await kube.send('GET', `${BUDGETS}/web`)).body.status;
  };

  beforeEach(async () => {
    kube = await podWorld();
  });

  it('without a budget, ends the pod as a deletion does', async () => {
    await kube.run('one', {}, LABELS);
    const answer = await evict('one', { gracePeriodSeconds: 3 });
    expect(answer).toMatchObject({ status: 201, body: { kind: 'Status', status: 'Success' } });
    expect((await kube.pod('one')).metadata.deletionGracePeriodSeconds).toBe(3);
    await kube.world.converge();
    expect(await kube.isGone('one')).toBe(true);
  });

  it('a budget that allows one, lets one go and refuses the next until another pod is ready', async () => {
    await kube.run('one', {}, LABELS);
    await kube.run('two', {}, LABELS);
    await budget({ minAvailable: 1 });
    expect(await counts()).toMatchObject({ disruptionsAllowed: 1, currentHealthy: 2 });
    expect((await evict('one')).status).toBe(201);
    const refused = await evict('two');
    expect(refused).toMatchObject({
      status: 429,
      body: {
        reason: 'TooManyRequests',
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        details: {
          causes: [
            {
              reason: 'DisruptionBudget',
              message: 'The disruption budget web needs 1 healthy pods and has 1 currently',
            },
          ],
        },
      },
    });
    await kube.world.converge();
    expect(await kube.isGone('two')).toBe(false);
    await kube.run('three', {}, LABELS);
    expect(await counts()).toMatchObject({ disruptionsAllowed: 1, currentHealthy: 2 });
    expect((await evict('two')).status).toBe(201);
  });

  it('two evictions at the same moment, of which one is allowed, end one pod', async () => {
    for (const name of ['one', 'two']) await kube.run(name, {}, LABELS);
    await budget({ minAvailable: 1 });
    const statuses = (await Promise.all([evict('one'), evict('two')])).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([201, 429]);
  });

  it('a pod that somebody deletes, is counted as gone before it has ended', async () => {
    for (const name of ['one', 'two']) await kube.run(name, {}, LABELS);
    await budget({ minAvailable: 1 });
    await kube.send('DELETE', `${PODS}/one`);
    await kube.world.settle();
    expect(await kube.isGone('one')).toBe(false);
    expect(await counts()).toMatchObject({ disruptionsAllowed: 0, currentHealthy: 1 });
  });

  it('a pod that is over, goes whatever its budget says', async () => {
    const pod = await kube.run('one', { restartPolicy: 'Never' }, LABELS);
    await budget({ minAvailable: 1 });
    kube.agent.crash((await kube.taskOf(pod)).task.taskId);
    await kube.world.converge();
    expect((await evict('one')).status).toBe(201);
  });

  it('two budgets about one pod, are refused', async () => {
    await kube.run('one', {}, LABELS);
    await budget({ maxUnavailable: 1 });
    await budget({ maxUnavailable: 1 }, 'again');
    expect((await evict('one')).body.message).toContain('more than one PodDisruptionBudget');
  });

  it('as a dry run, changes nothing', async () => {
    await kube.run('one', {}, LABELS);
    expect((await evict('one', { dryRun: ['All'] })).status).toBe(201);
    expect((await kube.pod('one')).metadata.deletionTimestamp).toBeUndefined();
  });

  it('a pod that is not there, a name that is another and a body that is none, are 404 and 400', async () => {
    expect((await evict('none')).status).toBe(404);
    await kube.run('one');
    expect((await kube.send('POST', `${PODS}/one/eviction`, { metadata: { name: 'two' } })).status).toBe(400);
    expect((await kube.send('POST', `${PODS}/one/eviction`, { kind: 'Pod' })).status).toBe(400);
  });

  it('the binding of a pod, names its node once it has one', async () => {
    const pod = await kube.run('one');
    expect((await kube.send('GET', `${PODS}/one/binding`)).body).toMatchObject({
      kind: 'Binding',
      target: { kind: 'Node', name: pod.spec.nodeName },
    });
    await kube.send('POST', PODS, { metadata: { name: 'new' }, spec: { containers: [{ name: 'a', image: 'b' }] } });
    expect((await kube.send('GET', `${PODS}/new/binding`)).status).toBe(404);
  });
});
