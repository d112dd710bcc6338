import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AgentChannel } from '#control/ports.ts';
import type { BellMessage } from '#events/agent-wire.ts';

export interface AgentChannelSubject {
  readonly channel: AgentChannel;
  /** The bells that can be received now, each once, or all that come within a second when there are none. */
  receive(instanceId: string): Promise<readonly BellMessage[]>;
  stop(): Promise<void>;
}

const bellOf = (instanceId: string, sequence: number): BellMessage => ({
  instanceId,
  agentEpoch: 1,
  previous: sequence - 1,
  sequence,
  changes: [],
});

export function agentChannelContract(start: () => Promise<AgentChannelSubject>): void {
  let subject: AgentChannelSubject;
  beforeAll(async () => {
    subject = await start();
  });
  afterAll(() => subject.stop());

  test('agent channel, rung twice, each bell arrives once, at its own agent only', async () => {
    const { channel, receive } = subject;
    await channel.open('left');
    await channel.open('right');
    await channel.ring('left', bellOf('left', 1));
    await channel.ring('left', bellOf('left', 2));
    const bells = [...(await receive('left')), ...(await receive('left'))];
    expect(bells.map(({ sequence }) => sequence).sort()).toEqual([1, 2]);
    expect(await receive('right')).toEqual([]);
  });

  test('agent channel, opened again, what waits in it stays', async () => {
    const { channel, receive } = subject;
    await channel.open('again');
    await channel.ring('again', bellOf('again', 1));
    await channel.open('again');
    expect(await receive('again')).toEqual([bellOf('again', 1)]);
  });

  test('agent channel, rung while its agent waits, the bell arrives', async () => {
    const { channel, receive } = subject;
    await channel.open('waiting');
    const waiting = receive('waiting');
    await channel.ring('waiting', bellOf('waiting', 1));
    expect(await waiting).toEqual([bellOf('waiting', 1)]);
  });

  test('agent channel, closed or never opened, neither ringing nor closing fails', async () => {
    const { channel } = subject;
    await channel.ring('never', bellOf('never', 1));
    await channel.close('never');
    await channel.open('closed');
    await channel.close('closed');
    await channel.close('closed');
    await channel.ring('closed', bellOf('closed', 1));
  });
}
