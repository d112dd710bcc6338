import { beforeEach, describe, expect, it } from 'vitest';
import { LOG_RETENTION_MS } from '#control/kube/commit-objects.ts';
import { type KubeWorld, kubeWorld } from '#test/support/kube-world.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

describe('watches of the Kubernetes face', () => {
  let kube: KubeWorld;

  beforeEach(async () => {
    kube = await kubeWorld();
  });

  const make = (name: string, labels: object = {}) =>
    kube.send('POST', MAPS, { metadata: { name, labels }, data: { n: '0' } });
  const merge = (name: string, patch: object) =>
    kube.send('PATCH', `${MAPS}/${name}`, patch, { 'content-type': 'application/merge-patch+json' });
  /** Reads a watch to its end. */
  const all = async (query: string): Promise<string[]> => {
    const seen: string[] = [];
    for await (const { type, object } of await kube.watch(`${MAPS}?watch=true&timeoutSeconds=1&${query}`)) {
      seen.push(`${type} ${object.metadata?.name ?? ''}`.trim());
    }
    return seen;
  };

  it('from a list on, shows every change once and in order', async () => {
    await make('before');
    const { body } = await kube.send('GET', MAPS);
    await make('one');
    await merge('one', { data: { n: '1' } });
    await kube.send('DELETE', `${MAPS}/one`);
    expect(await all(`resourceVersion=${body.metadata.resourceVersion}`)).toEqual([
      'ADDED one',
      'MODIFIED one',
      'DELETED one',
    ]);
  });

  it('without a version, begins with what is there', async () => {
    await make('one');
    await make('two');
    expect(await all('')).toEqual(['ADDED one', 'ADDED two']);
  });

  it('of a selection, shows objects that come into it and leave it', async () => {
    const { body } = await make('one', { app: 'web' });
    const from = body.metadata.resourceVersion;
    await merge('one', { metadata: { labels: { app: 'db' } } });
    await merge('one', { data: { n: '2' } });
    await merge('one', { metadata: { labels: { app: 'web' } } });
    expect(await all(`labelSelector=app%3Dweb&resourceVersion=${from}`)).toEqual(['DELETED one', 'ADDED one']);
  });

  it('that asks for bookmarks, ends with the position it reached', async () => {
    await make('one');
    expect(await all('allowWatchBookmarks=true&resourceVersion=2')).toEqual(['BOOKMARK']);
  });

  it('from a version that is too old or was never, is 410 Expired', async () => {
    await make('one');
    await make('two');
    kube.world.advance(LOG_RETENTION_MS + 1);
    await make('three');
    await expect(kube.watch(`${MAPS}?watch=true&resourceVersion=99`)).rejects.toThrow(/410/);
  });

  it('a client that goes away, ends it', async () => {
    const gone = new AbortController();
    const events = await kube.watch(`${MAPS}?watch=true&timeoutSeconds=200`, gone.signal);
    gone.abort();
    expect((await events.next()).done).toBe(true);
  });

  it('many writers at once, list and watch together lose nothing', async () => {
    const { body: list } = await kube.send('GET', MAPS);
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let number = 0; number < 5; number += 1) await make(`w${writer}-${number}`);
    });
    await Promise.all(writers);
    const versions: number[] = [];
    const names = new Set<string>();
    const from = list.metadata.resourceVersion;
    for await (const { object } of await kube.watch(`${MAPS}?watch=true&timeoutSeconds=1&resourceVersion=${from}`)) {
      versions.push(Number(object.metadata.resourceVersion));
      names.add(object.metadata.name);
    }
    expect(names.size).toBe(40);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    expect(new Set(versions).size).toBe(40);
  });
});
