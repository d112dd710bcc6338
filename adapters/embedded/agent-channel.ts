import type { AgentChannel } from '#control/ports.ts';
import type { BellMessage } from '#events/agent-wire.ts';

export interface EmbeddedAgentChannel extends AgentChannel {
  /** The next bell, or undefined after `maxMs`, when `signal` aborts, or when no such channel is open. */
  wait(instanceId: string, maxMs: number, signal: AbortSignal): Promise<BellMessage | undefined>;
}

type Waiter = (message: BellMessage | undefined) => void;

interface Channel {
  readonly pending: BellMessage[];
  readonly waiters: Set<Waiter>;
}

/** An agent that is this far behind learns everything at its next heartbeat anyway. */
const MAX_PENDING = 8;

/** Bells between the functions and the gateway of one process. They do not outlive it. */
export function createEmbeddedAgentChannel(): EmbeddedAgentChannel {
  const channels = new Map<string, Channel>();

  return {
    open: async (instanceId) => {
      if (!channels.has(instanceId)) channels.set(instanceId, { pending: [], waiters: new Set() });
    },
    ring: async (instanceId, message) => {
      const channel = channels.get(instanceId);
      if (!channel) return;
      const [waiter] = channel.waiters;
      if (waiter) return waiter(message);
      if (channel.pending.length < MAX_PENDING) channel.pending.push(message);
    },
    close: async (instanceId) => {
      const channel = channels.get(instanceId);
      channels.delete(instanceId);
      for (const waiter of [...(channel?.waiters ?? [])]) waiter(undefined);
    },
    wait: async (instanceId, maxMs, signal) => {
      const channel = channels.get(instanceId);
      if (!channel || signal.aborted) return undefined;
      return channel.pending.shift() ?? nextBell(channel, maxMs, signal);
    },
  };
}

function nextBell({ waiters }: Channel, maxMs: number, signal: AbortSignal): Promise<BellMessage | undefined> {
  return new Promise((resolve) => {
    const settle: Waiter = (message) => {
      waiters.delete(settle);
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      resolve(message);
    };
    const giveUp = (): void => settle(undefined);
    const timer = setTimeout(giveUp, maxMs);
    signal.addEventListener('abort', giveUp, { once: true });
    waiters.add(settle);
  });
}
