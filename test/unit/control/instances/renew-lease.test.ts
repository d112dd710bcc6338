import { beforeEach, describe, expect, it } from 'vitest';
import { CALL_TIMEOUT_MS } from '#agent/client/http-control-plane.ts';
import { isLeaseOver } from '#control/instances/declare-lost.ts';
import { isOverdue } from '#control/instances/loss-brake.ts';
import { renewLease } from '#control/instances/renew-lease.ts';
import type { StateStore } from '#control/ports.ts';
import type { InstanceId } from '#control/records.ts';
import { leases, read } from '#control/records.ts';
import { timingsAt } from '#core/timings.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

const { agentMargin, heartbeat, heartbeatJitter, lease, reconnect, serverMargin } = timingsAt();
const LATEST_HEARTBEAT = heartbeat * (1 + heartbeatJitter);
/** What requests and answers may be under way, beyond which an agent is late. */
const NETWORK_MS = 1_000;
/** What a single request may be under way while nothing is wrong. */
const REQUEST_MS = 400;

describe('lease of an agent', () => {
  let world: FlowWorld;
  let agent: InstanceId;
  let epoch: number;

  beforeEach(async () => {
    world = await flowWorld();
    const { instanceId, epoch: agentEpoch } = await world.agent('one');
    agent = { cluster: 'default', instanceId };
    epoch = agentEpoch;
    world.clock.advance(lease / 2);
    expect(await renew()).toMatchObject({ isRenewed: true });
  });

  const renew = (fenced: { readonly fenced?: true } = {}) =>
    renewLease({ ...world.deps, timings: timingsAt() }, agent, { agentEpoch: epoch, ...fenced });
  const stored = async () => {
    const found = await read(world.store, leases, agent);
    if (!found) throw new Error('the agent has no lease');
    return found.value;
  };
  /** Moves to the last moment at which a report does not renew. */
  const untilAlmostDue = async (): Promise<void> => {
    let age = 0;
    for (; !(await renew()).isRenewed; age += 100) world.clock.advance(100);
    world.clock.advance(lease);
    await renew();
    world.clock.advance(age - 100);
    expect(await renew()).toMatchObject({ isRenewed: false });
  };

  it('a report that just does not renew it, then a heartbeat that nobody answers, leaves it in force until the next try', async () => {
    await untilAlmostDue();
    world.clock.advance(LATEST_HEARTBEAT + CALL_TIMEOUT_MS + reconnect + NETWORK_MS);
    expect((await stored()).expiresAt).toBeGreaterThan(world.clock.now());
  });

  it('a report that just does not renew it, is no sign of silence before the next heartbeat is late', async () => {
    await untilAlmostDue();
    world.clock.advance(LATEST_HEARTBEAT + REQUEST_MS);
    expect(isOverdue(await stored(), world.clock.now(), timingsAt())).toBe(false);
    expect(await renew()).toMatchObject({ isRenewed: true });
  });

  it('fenced tasks, one heartbeat that nobody answers, leaves their deadline in force until the next try', async () => {
    await untilAlmostDue();
    expect(await renew({ fenced: true })).toMatchObject({ isRenewed: true });
    world.clock.advance(LATEST_HEARTBEAT + CALL_TIMEOUT_MS + reconnect + NETWORK_MS);
    expect((await stored()).expiresAt - agentMargin).toBeGreaterThan(world.clock.now());
  });

  it('two heartbeats without news, write it once', async () => {
    world.clock.advance(heartbeat);
    expect(await renew()).toMatchObject({ isRenewed: false });
    world.clock.advance(heartbeat);
    expect(await renew()).toMatchObject({ isRenewed: true });
  });

  it('a worker stands still before it reads it, does not shorten what another one renewed meanwhile', async () => {
    const slow: StateStore = {
      ...world.store,
      get: async (key) => {
        world.clock.advance(lease - 1_000);
        await renew();
        return world.store.get(key);
      },
    };
    await renewLease({ ...world.deps, store: slow, timings: timingsAt() }, agent, { agentEpoch: epoch, fenced: true });
    expect((await stored()).expiresAt).toBe(world.clock.now() + lease);
  });

  it('the agent dies after a report that just does not renew it, is believed dead once lease and margin are over', async () => {
    await untilAlmostDue();
    const { expiresAt } = await stored();
    world.clock.set(expiresAt + serverMargin - 1);
    expect(isLeaseOver(await stored(), world.clock.now(), serverMargin)).toBe(false);
    world.clock.advance(1);
    expect(isLeaseOver(await stored(), world.clock.now(), serverMargin)).toBe(true);
  });
});
