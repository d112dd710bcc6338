import { describe, expect, it } from 'vitest';
import type { Dependencies } from '#control/dependencies.ts';
import { podReconciler } from '#control/kube/pod/reconcile-pod.ts';
import type { StateStore } from '#control/ports.ts';
import { Fault } from '#core/fault.ts';
import { aManifest, PODS, type PodWorld, podWorld } from '#test/support/pod-world.ts';

const ID = { cluster: 'default', resource: 'pods', namespace: 'default', name: 'web' };

/** Dies at its `step`-th write: before it is made, or when it is made and the answer is lost. */
function dying(deps: Dependencies, step: number, isMade: boolean): Dependencies {
  let left = step;
  const { store } = deps;
  const transact: StateStore['transact'] = async (writes) => {
    left -= 1;
    if (left > 0) return store.transact(writes);
    if (left === 0 && isMade) await store.transact(writes);
    throw new Fault('Unavailable', 'the process is gone');
  };
  const mortal: StateStore = {
    get: (key) => store.get(key),
    getMany: (keys) => store.getMany(keys),
    query: (query) => store.query(query),
    queryIndex: (query) => store.queryIndex(query),
    transact,
  };
  return { ...deps, store: mortal };
}

/** Runs the reconciler until it dies; false when it came through. */
async function dies(deps: Dependencies): Promise<boolean> {
  try {
    await podReconciler.reconcile(deps, ID);
    return false;
  } catch (error) {
    if (error instanceof Fault && error.code === 'Unavailable') return true;
    throw error;
  }
}

async function recovered(kube: PodWorld): Promise<void> {
  await kube.world.sweep();
  await kube.world.converge();
}

describe('a pod worker that dies', () => {
  it.each([false, true])('at any write of a start (made: %s), leaves a pod that runs once', async (isMade) => {
    let deaths = 0;
    for (let step = 1; step < 20; step += 1) {
      const kube = await podWorld();
      await kube.send('POST', PODS, aManifest('web'));
      const isDead = await dies(dying(kube.world.anotherWorker(`mortal-${step}`), step, isMade));
      await recovered(kube);
      expect((await kube.pod('web')).status.phase).toBe('Running');
      expect(kube.agent.started).toHaveLength(1);
      expect(await kube.nodes()).toHaveLength(1);
      deaths += Number(isDead);
      if (!isDead) break;
    }
    // Admission, definition, launch, the binding with the node, and an event at least.
    expect(deaths).toBeGreaterThanOrEqual(4);
  });

  it.each([false, true])('at any write of an end (made: %s), leaves nothing behind', async (isMade) => {
    let deaths = 0;
    for (let step = 1; step < 20; step += 1) {
      const kube = await podWorld();
      await kube.run('web');
      await kube.send('DELETE', `${PODS}/web?gracePeriodSeconds=0`);
      const isDead = await dies(dying(kube.world.anotherWorker(`mortal-${step}`), step, isMade));
      await recovered(kube);
      expect(await kube.isGone('web')).toBe(true);
      expect(kube.agent.running.size).toBe(0);
      expect(await kube.nodes()).toEqual([]);
      deaths += Number(isDead);
      if (!isDead) break;
    }
    expect(deaths).toBeGreaterThanOrEqual(2);
  });
});

describe('pod workers that race', () => {
  it('several at once, start one task and make one node', async () => {
    const kube = await podWorld();
    await kube.send('POST', PODS, aManifest('web'));
    const workers = ['a', 'b', 'c', 'd'].map((seed) => kube.world.anotherWorker(seed));
    await Promise.all(workers.map((deps) => podReconciler.reconcile(deps, ID)));
    await kube.world.converge();
    expect(kube.agent.started).toHaveLength(1);
    expect(await kube.nodes()).toHaveLength(1);
    const { body } = await kube.send('GET', `${PODS}/web`);
    expect(body.status.phase).toBe('Running');
  });

  it('one that starts a pod while another one takes it away, starts nothing', async () => {
    const kube = await podWorld();
    await kube.send('POST', PODS, aManifest('web'));
    const late = kube.world.anotherWorker('late');
    // It gets as far as its size, which is written, and stands still with what it read.
    await dies(dying(kube.world.anotherWorker('first'), 1, true));
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow: StateStore = {
      get: (key) => late.store.get(key),
      getMany: (keys) => late.store.getMany(keys),
      query: (query) => late.store.query(query),
      queryIndex: (query) => late.store.queryIndex(query),
      transact: async (writes) => {
        await held;
        return late.store.transact(writes);
      },
    };
    const pod = await kube.pod('web');
    const starting = podReconciler.reconcile({ ...late, store: slow }, ID);
    await kube.send('DELETE', `${PODS}/web`);
    await kube.world.settle();
    expect(await kube.isGone('web')).toBe(true);
    release();
    await starting;
    await kube.world.converge();
    expect(kube.agent.started).toEqual([]);
    expect((await kube.taskOf(pod)).task).toMatchObject({ desiredStatus: 'STOPPED' });
  });
});
