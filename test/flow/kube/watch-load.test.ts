import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createObject } from '#control/kube/create-object.ts';
import { deleteObject } from '#control/kube/delete-object.ts';
import { createSharedChanges } from '#control/kube/shared-changes.ts';
import { updateObject } from '#control/kube/update-object.ts';
import type { StateStore } from '#control/ports.ts';
import type { KubeObject, RawObject } from '#core/kube/object.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import { type KubeWorld, kubeWorld } from '#test/support/kube-world.ts';

const WATCHERS = 100;
const PODS = 1_000;
const PATH = '/api/v1/namespaces/default/pods';
const LIMIT_MS = 300_000;
/** Of the heap, beyond what stood before; the objects themselves are in the store, which is in memory here, too. */
const MAX_GROWTH_MB = 256;
const FOR_GOOD = { isDryRun: false };

const target = { cluster: 'default', resource: resourceNamed('pods'), namespace: 'default' };
const spec = { containers: [{ name: 'web', image: 'nginx:1.29' }] };

describe('a collection that many watch', () => {
  let gone: AbortController;

  afterEach(() => gone.abort());

  /** Positions a watch tells of, in its order, until as many came as are expected. */
  async function positions(kube: KubeWorld, from: string, expected: number): Promise<readonly number[]> {
    const url = `${PATH}?watch=true&resourceVersion=${from}`;
    const { body } = await kube.serve('GET', url, undefined, {}, gone.signal);
    const seen: number[] = [];
    for await (const line of body as AsyncIterable<string>) {
      seen.push(Number(/"resourceVersion":"(\d+)"/.exec(line)?.[1]));
      if (seen.length === expected) return seen;
    }
    return seen;
  }

  it(`${WATCHERS} watchers and ${PODS} pods that come, change and go, lose no event and hold little`, {
    timeout: LIMIT_MS,
  }, async () => {
    gone = new AbortController();
    // Watchers wait in real time, and the clock is the writer's.
    const kube = await kubeWorld({ pause: (ms) => setTimeout(ms / 25) });
    const { deps, clock } = kube.world;
    const { body: list } = await kube.send('GET', PATH);
    const from = list.metadata.resourceVersion;
    const before = process.memoryUsage().heapUsed;
    const watching = Array.from({ length: WATCHERS }, () => positions(kube, from, 3 * PODS));
    let most = 0;
    const breathe = async (): Promise<void> => {
      clock.advance(10);
      await setTimeout(0);
      most = Math.max(most, process.memoryUsage().heapUsed);
    };
    const names = Array.from({ length: PODS }, (_, index) => `web-${index}`);
    for (const name of names) {
      await createObject(deps, target, { metadata: { name }, spec }, FOR_GOOD);
      await breathe();
    }
    for (const name of names) {
      const labelled = (pod: KubeObject): RawObject =>
        ({ ...pod, metadata: { ...pod.metadata, labels: { seen: 'yes' } } }) as unknown as RawObject;
      await updateObject(deps, { ...target, name }, labelled, FOR_GOOD);
      await breathe();
    }
    for (const name of names) {
      await deleteObject(deps, { ...target, name }, { ...FOR_GOOD, gracePeriodSeconds: 0 });
      await breathe();
    }
    clock.advance(1_000);
    const waker = setInterval(() => clock.advance(200), 10);
    const seen = await Promise.all(watching).finally(() => clearInterval(waker));
    const expected = Array.from({ length: 3 * PODS }, (_, index) => Number(from) + 1 + index);
    for (const one of seen) expect(one).toEqual(expected);
    const growthMb = (most - before) / 1024 ** 2;
    process.stdout.write(
      `${WATCHERS} watchers, ${3 * PODS} changes: the heap grew by ${Math.round(growthMb)} MB at most\n`,
    );
    expect(growthMb).toBeLessThan(MAX_GROWTH_MB);
  });

  it('readers at any position, are told the same as the log says, with one read of the store for all of them', async () => {
    gone = new AbortController();
    const kube = await kubeWorld();
    const { deps } = kube.world;
    let reads = 0;
    const store: StateStore = {
      ...deps.store,
      get: (key) => deps.store.get(key),
      getMany: (keys) => deps.store.getMany(keys),
      queryIndex: (query) => deps.store.queryIndex(query),
      transact: (writes) => deps.store.transact(writes),
      query: (query) => {
        reads += 1;
        return deps.store.query(query);
      },
    };
    const changes = createSharedChanges({ ...deps, store });
    const id = { cluster: 'default', resource: 'configmaps' };
    const maps = { cluster: 'default', resource: resourceNamed('configmaps'), namespace: 'default' };
    for (let number = 0; number < 20; number += 1) {
      await createObject(deps, maps, { metadata: { name: `m${number}` } }, FOR_GOOD);
    }
    // The first position is 1, and everybody begins behind it.
    const first = await Promise.all(Array.from({ length: 50 }, () => changes.read(id, 1)));
    expect(reads).toBe(1);
    for (const reading of first) expect(reading).toMatchObject({ kind: 'changes', changes: { length: 20 } });
    for (let behind = 1; behind <= 21; behind += 1) {
      const reading = await changes.read(id, behind);
      const positions = reading.kind === 'changes' ? reading.changes.map(({ position }) => position) : [];
      expect(positions).toEqual(Array.from({ length: 21 - behind }, (_, index) => behind + 1 + index));
    }
    expect(reads).toBe(1);
    expect(await changes.read(id, 99)).toEqual({ kind: 'expired' });
  });

  it('more changes than are kept, are read from the log by whoever is behind', async () => {
    gone = new AbortController();
    const kube = await kubeWorld();
    const { deps, clock } = kube.world;
    const changes = createSharedChanges(deps);
    const id = { cluster: 'default', resource: 'configmaps' };
    const maps = { cluster: 'default', resource: resourceNamed('configmaps'), namespace: 'default' };
    const data = { a: 'x'.repeat(100_000) };
    let position = 1;
    for (let number = 0; number < 40; number += 1) {
      await createObject(deps, maps, { metadata: { name: `m${number}` }, data }, FOR_GOOD);
      clock.advance(1_000);
      const reading = await changes.read(id, position);
      position = reading.kind === 'changes' ? (reading.changes.at(-1)?.position ?? position) : 0;
    }
    expect(position).toBe(41);
    const late = await changes.read(id, 1);
    expect(late).toMatchObject({ kind: 'changes', changes: { length: 40 } });
  });
});
