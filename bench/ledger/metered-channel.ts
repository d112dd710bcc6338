import { randomUUID } from 'node:crypto';
import type { AgentChannel } from '#control/ports.ts';
import type { BellMessage } from '#events/agent-wire.ts';
import type { ReceiveFromChannel } from '#local/gateway.ts';
import type { Meter } from './meter.ts';
import type { VirtualTime } from './virtual-time.ts';

const IDLE_POLL = 'idle: poll that ended by time';

/** Agents' queues in virtual time. A send and a receive are one queue request each; a bell needs no delete. */
export function meteredChannel(
  meter: Meter,
  time: VirtualTime,
): { readonly channel: AgentChannel; readonly receive: ReceiveFromChannel } {
  const pending = new Map<string, BellMessage[]>();
  const waiters = new Map<string, () => void>();

  const take = (instanceId: string) => (pending.get(instanceId) ?? []).splice(0);
  return {
    channel: {
      open: async () => undefined,
      close: async () => undefined,
      ring: async (instanceId, message) => {
        meter.add('queueRequests', 1, 'send to an agent');
        pending.set(instanceId, [...(pending.get(instanceId) ?? []), message]);
        waiters.get(instanceId)?.();
      },
    },
    receive: async (instanceId, { waitMs, signal }) => {
      const woken = new AbortController();
      waiters.set(instanceId, () => woken.abort());
      const ending = AbortSignal.any([signal, woken.signal]);
      if (!pending.get(instanceId)?.length) {
        await time.parked(() => time.mappingTimers.sleep(waitMs, ending));
      }
      waiters.delete(instanceId);
      const bells = take(instanceId);
      // One poll is one request of the gateway and one of the queue, billed to the bell that ended it, if one did.
      meter.as(bells.length > 0 ? 'poll that a bell ended' : IDLE_POLL, () => {
        meter.add('apiRequests', 1);
        meter.add('queueRequests', 1, 'receive');
      });
      return bells.map((bell) => ({ messageId: randomUUID(), receiptHandle: '', body: JSON.stringify(bell) }));
    },
  };
}
