import { beforeEach, describe, expect, it } from 'vitest';
import { recordEvent } from '#control/kube/events/record-event.ts';
import { EVENT_LIFETIME_MS } from '#core/kube/event/recorded-event.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { type KubeWorld, kubeWorld } from '#test/support/kube-world.ts';

const EVENTS = '/api/v1/namespaces/default/events';
const NEWER = '/apis/events.k8s.io/v1/namespaces/default/events';
const MINUTE = 60_000;

const aPod = (name = 'web', namespace: string | undefined = 'default'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, uid: `uid-of-${name}`, resourceVersion: '7', creationTimestamp: '2026-01-01T00:00:00Z' },
});
const BACK_OFF = {
  type: 'Warning',
  reason: 'BackOff',
  message: 'Back-off restarting failed container web',
  component: 'kubelet',
} as const;

describe('events of the Kubernetes face', () => {
  let kube: KubeWorld;
  const tell = (object = aPod(), news: Parameters<typeof recordEvent>[3] = BACK_OFF) =>
    recordEvent(kube.world.deps, 'default', object, news);
  const items = async (path = EVENTS) => (await kube.send('GET', path)).body.items;
  /** On to a minute in which the sweep looks for old events, and sweeps. */
  const sweepAt = async (ms: number) => {
    const at = kube.world.clock.now() + ms;
    const due = Math.ceil(at / (5 * MINUTE)) * 5 * MINUTE;
    kube.world.advance(due - kube.world.clock.now());
    await kube.world.sweep();
  };

  beforeEach(async () => {
    kube = await kubeWorld();
  });

  it('news of an object, is an event beside it that names it', async () => {
    await tell();
    expect(await items()).toMatchObject([
      {
        involvedObject: { kind: 'Pod', apiVersion: 'v1', namespace: 'default', name: 'web', uid: 'uid-of-web' },
        type: 'Warning',
        reason: 'BackOff',
        source: { component: 'kubelet' },
        count: 1,
      },
    ]);
  });

  it('news of an object without a namespace, is told in the default one and found as describe looks for it', async () => {
    const { metadata } = aPod('node-1');
    const { namespace: _none, ...unscoped } = metadata;
    await tell({ apiVersion: 'v1', kind: 'Node', metadata: unscoped }, { ...BACK_OFF, reason: 'NodeReady' });
    const fields = 'involvedObject.namespace=,involvedObject.kind=Node,involvedObject.name=node-1';
    const found = await items(`/api/v1/events?fieldSelector=${encodeURIComponent(fields)}`);
    expect(found).toMatchObject([{ metadata: { namespace: 'default' }, reason: 'NodeReady' }]);
  });

  it('the same news a minute later, raises the count of the event that stands', async () => {
    await tell();
    kube.world.advance(MINUTE);
    await tell();
    const [event, ...others] = await items();
    expect(others).toEqual([]);
    expect(event).toMatchObject({ count: 2, series: { count: 2 } });
    expect(Date.parse(event.lastTimestamp) - Date.parse(event.firstTimestamp)).toBe(MINUTE);
  });

  it('a crash loop that tells the same every second for an hour, costs fewer than 40 writes', async () => {
    const { metadata: before } = (await kube.send('GET', EVENTS)).body;
    for (let second = 0; second < 3_600; second += 1) {
      await tell();
      kube.world.advance(1_000);
    }
    const { metadata: after } = (await kube.send('GET', EVENTS)).body;
    expect(after.resourceVersion - before.resourceVersion).toBeGreaterThan(10);
    expect(after.resourceVersion - before.resourceVersion).toBeLessThan(40);
  });

  it('the same news from several workers at once, is one event', async () => {
    await Promise.all(Array.from({ length: 6 }, () => tell()));
    expect(await items()).toHaveLength(1);
  });

  it('other news or another object, is another event', async () => {
    await tell();
    await tell(aPod(), { ...BACK_OFF, message: 'Back-off pulling image' });
    await tell(aPod('db'));
    expect(await items()).toHaveLength(3);
  });

  it('news that cannot be written, is not the concern of whoever tells it', async () => {
    await expect(tell(aPod('web', 'nowhere'))).resolves.toBeUndefined();
    expect(await items('/api/v1/events')).toEqual([]);
  });

  it('an hour after it was last told, goes with a DELETED that every watch sees', async () => {
    await tell();
    await sweepAt(EVENT_LIFETIME_MS - 10 * MINUTE);
    const { body } = await kube.send('GET', EVENTS);
    expect(body.items).toHaveLength(1);
    await sweepAt(10 * MINUTE);
    expect(await items()).toEqual([]);
    const { resourceVersion } = body.metadata;
    const seen = [];
    for await (const { type } of await kube.watch(
      `${EVENTS}?watch=true&timeoutSeconds=1&resourceVersion=${resourceVersion}`,
    )) {
      seen.push(type);
    }
    expect(seen).toEqual(['DELETED']);
  });

  it('a time in the far future, does not keep a client event longer', async () => {
    const { status } = await kube.send('POST', EVENTS, {
      metadata: { name: 'mine' },
      involvedObject: { namespace: 'default', name: 'web' },
      lastTimestamp: '2999-01-01T00:00:00Z',
    });
    expect(status).toBe(201);
    await sweepAt(EVENT_LIFETIME_MS);
    expect(await items()).toEqual([]);
  });

  it('more of them than one transaction takes, all go', async () => {
    await Promise.all(Array.from({ length: 90 }, (_, number) => tell(aPod(`web-${number}`))));
    await sweepAt(EVENT_LIFETIME_MS);
    expect(await items()).toEqual([]);
  });

  it('asked for as events.k8s.io, are the same objects and versions under their other names', async () => {
    await tell();
    const [event] = await items();
    const selected = `${NEWER}?fieldSelector=${encodeURIComponent('regarding.name=web,reportingController=kubelet')}`;
    const { body } = await kube.send('GET', selected);
    expect(body).toMatchObject({ kind: 'EventList', apiVersion: 'events.k8s.io/v1' });
    expect(body.items).toMatchObject([
      {
        metadata: event.metadata,
        regarding: { kind: 'Pod', name: 'web' },
        note: event.message,
        reason: 'BackOff',
        deprecatedCount: 1,
        deprecatedSource: { component: 'kubelet' },
        reportingController: 'kubelet',
      },
    ]);
    expect(body.items[0]).not.toHaveProperty('involvedObject');
    expect((await kube.send('GET', `${NEWER}/${event.metadata.name}`)).body.apiVersion).toBe('events.k8s.io/v1');
    expect((await items(`${NEWER}?fieldSelector=regarding.name%3Ddb`)).length).toBe(0);
  });

  it('watched as events.k8s.io, are shown under their other names', async () => {
    const { body } = await kube.send('GET', NEWER);
    await tell();
    const { resourceVersion } = body.metadata;
    const watched = await kube.watch(`${NEWER}?watch=true&timeoutSeconds=1&resourceVersion=${resourceVersion}`);
    const { value } = await watched.next();
    expect(value).toMatchObject({ type: 'ADDED', object: { apiVersion: 'events.k8s.io/v1', note: BACK_OFF.message } });
  });

  it('selected as kubectl events --for does, and by source, are found', async () => {
    await tell();
    const of = 'involvedObject.kind=Pod,involvedObject.apiVersion=v1,involvedObject.name=web';
    expect(await items(`${EVENTS}?fieldSelector=${encodeURIComponent(of)}`)).toHaveLength(1);
    expect(await items(`${EVENTS}?fieldSelector=source%3Dkubelet`)).toHaveLength(1);
    expect(await items(`${EVENTS}?fieldSelector=source%3Dscheduler`)).toHaveLength(0);
  });
});
