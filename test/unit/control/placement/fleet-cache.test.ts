import { describe, expect, it } from 'vitest';
import { leases, put } from '#control/records.ts';
import { reservation } from '../../core/placement/builders.ts';
import { world } from './place-tasks.world.ts';

const CLUSTER = 'default';

describe('fleet cache', () => {
  it('a lease that runs out: the instance is no longer connected, even from memory', async () => {
    const here = world();
    await here.addInstance(reservation('i-1'));
    const load = async () => (await here.deps.fleet.load(here.deps, CLUSTER))[0]?.connected;
    expect(await load()).toBe(true);
    here.clock.advance(20_000);
    expect(await load()).toBe(false);
  });

  it('a lease of an earlier life of the agent: not connected', async () => {
    const here = world();
    await here.addInstance(reservation('i-1'));
    await here.write(
      put(leases, reservation('i-1'), { instanceId: 'i-1', agentEpoch: 0, expiresAt: here.clock.now() + 1 }, 1),
    );
    expect(await here.deps.fleet.load(here.deps, CLUSTER)).toMatchObject([{ connected: false }]);
  });

  it('an INACTIVE instance: left out', async () => {
    const here = world();
    await here.addInstance(reservation('i-1', { status: 'INACTIVE' }));
    expect(await here.deps.fleet.load(here.deps, CLUSTER)).toEqual([]);
  });

  it('a moment old: remembered; older, or asked for fresh: read again', async () => {
    const here = world();
    const size = async (options = {}) => (await here.deps.fleet.load(here.deps, CLUSTER, options)).length;
    expect(await size()).toBe(0);
    await here.addInstance(reservation('i-1'));
    expect(await size()).toBe(0);
    expect(await size({ fresh: true })).toBe(1);
    await here.addInstance(reservation('i-2'));
    here.clock.advance(1_001);
    expect(await size()).toBe(2);
  });

  it('loads at once: one read serves them', async () => {
    const here = world();
    await here.deps.fleet.load(here.deps, CLUSTER);
    const once = here.seen.reads;
    await Promise.all([1, 2, 3].map(() => here.deps.fleet.load(here.deps, CLUSTER, { fresh: true })));
    expect(here.seen.reads).toBe(2 * once);
  });

  it('learning: the newer version stays, an older one is ignored', async () => {
    const here = world();
    await here.addInstance(reservation('i-1'));
    await here.deps.fleet.load(here.deps, CLUSTER);
    here.deps.fleet.learn(reservation('i-1', { agentEpoch: 3 }), 3);
    here.deps.fleet.learn(reservation('i-1', { agentEpoch: 2 }), 2);
    expect(await here.deps.fleet.load(here.deps, CLUSTER)).toMatchObject([
      { version: 3, reservation: { agentEpoch: 3 } },
    ]);
  });

  it('learning while a read is under way: the read does not undo it', async () => {
    const here = world();
    await here.addInstance(reservation('i-1'));
    await here.deps.fleet.load(here.deps, CLUSTER);
    const reading = here.deps.fleet.load(here.deps, CLUSTER, { fresh: true });
    here.deps.fleet.learn(reservation('i-1', { status: 'DRAINING' }), 2);
    expect(await reading).toMatchObject([{ version: 2, reservation: { status: 'DRAINING' } }]);
  });

  it('an instance that ended: what was learned of it removes it', async () => {
    const here = world();
    await here.addInstance(reservation('i-1'));
    await here.deps.fleet.load(here.deps, CLUSTER);
    here.deps.fleet.learn(reservation('i-1', { status: 'INACTIVE' }), 2);
    expect(await here.deps.fleet.load(here.deps, CLUSTER)).toEqual([]);
  });

  it('more clusters than it remembers: the one loaded longest ago is read again', async () => {
    const here = world();
    await here.deps.fleet.load(here.deps, CLUSTER);
    const once = here.seen.reads;
    for (let at = 0; at < 64; at += 1) await here.deps.fleet.load(here.deps, `other-${at}`);
    const before = here.seen.reads;
    await here.deps.fleet.load(here.deps, 'other-63');
    expect(here.seen.reads).toBe(before);
    await here.deps.fleet.load(here.deps, CLUSTER);
    expect(here.seen.reads).toBe(before + once);
  });

  it('turns in one cluster: one after the other, in order, also after one that failed', async () => {
    const { deps } = world();
    const seen: string[] = [];
    const turn = (name: string) =>
      deps.fleet.inTurn(CLUSTER, async () => {
        seen.push(`${name} begins`);
        await Promise.resolve();
        seen.push(`${name} ends`);
        if (name === 'first') throw new Error('lost');
        return name;
      });
    const turns = await Promise.allSettled([turn('first'), turn('second')]);
    expect(turns).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: 'second' }]);
    expect(seen).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  });

  it('turns in two clusters: do not wait for each other', async () => {
    const { deps } = world();
    const gate = Promise.withResolvers<void>();
    const held = deps.fleet.inTurn(CLUSTER, () => gate.promise);
    expect(await deps.fleet.inTurn('other', async () => 'done')).toBe('done');
    gate.resolve();
    await held;
  });
});
