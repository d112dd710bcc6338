import { describe, expect, it } from 'vitest';
import { newAgentKey } from '#agent/client/agent-key.ts';
import { IdentityKeeper } from '#agent/identity-keeper.ts';
import type { AgentIdentity } from '#agent/state/agent-disk.ts';
import { memoryDisk } from '#agent/state/memory-disk.ts';
import { timingsAt } from '#core/timings.ts';
import { silentLog } from '#test/support/agent-silent-log.ts';
import { steppedTime } from '#test/support/agent-stepped-time.ts';

const ANSWER = {
  instanceId: 'i-1',
  cluster: 'default',
  agentEpoch: 1,
  heartbeatMs: 5_000,
  leaseMs: 20_000,
  serverTime: 0,
};

/** A keeper whose disk has room or has not, as the test says. */
async function aKeeper() {
  const time = steppedTime();
  const room = { isThere: true };
  const inner = memoryDisk();
  const disk = {
    ...inner,
    saveIdentity: async (identity: AgentIdentity): Promise<void> => {
      if (!room.isThere) throw new Error('ENOSPC: no space left on device');
      await inner.saveIdentity(identity);
    },
  };
  const deps = {
    disk,
    log: silentLog,
    timers: time.timers,
    timings: timingsAt(),
    random: () => 0.5,
    newKey: newAgentKey,
    newAttempt: () => 'attempt',
  };
  return { time, room, disk, keeper: await IdentityKeeper.open('default', deps) };
}

describe('IdentityKeeper', () => {
  it('an answered registration, the disk is full, its identity is used once it is stored', async () => {
    const { time, room, disk, keeper } = await aKeeper();
    room.isThere = false;
    const saving = keeper.registered(ANSWER);
    await time.advance(60_000);
    expect(keeper.instanceId).toBeUndefined();
    room.isThere = true;
    await time.advance(60_000);
    await saving;
    expect(keeper.instanceId).toBe('i-1');
    expect(await disk.loadIdentity()).toMatchObject({ instanceId: 'i-1', agentEpoch: 1 });
  });
});
