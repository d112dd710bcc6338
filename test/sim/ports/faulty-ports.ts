import type { AgentChannel, CapacityProvider, WorkQueue } from '#control/ports.ts';
import { Fault } from '#core/fault.ts';
import type { SimContext } from '../world/sim-context.ts';
import type { Actor, PortCall } from './port-call.ts';

const LEG = [1, 6] as const;

type Call = <T>(
  call: Pick<PortCall, 'operation'> & { detail?: string; isWrite?: boolean },
  apply: () => Promise<T>,
) => Promise<T>;

const throughSeam =
  (world: SimContext, actor: Actor, port: PortCall['port']): Call =>
  (call, apply) =>
    world.seam.pass(actor, {
      port,
      isWrite: true,
      there: LEG,
      back: LEG,
      failure: (why) => new Fault('Unavailable', why),
      apply,
      ...call,
    });

/** The queue as one worker process meets it. */
export function faultyQueue(world: SimContext, actor: Actor, inner: WorkQueue): WorkQueue {
  const call = throughSeam(world, actor, 'queue');
  return {
    send: (messages) => {
      const detail = [...new Set(messages.map(({ work }) => work.kind))].sort().join('+');
      return call({ operation: 'send', detail }, () => inner.send(messages));
    },
  };
}

export function faultyChannel(world: SimContext, actor: Actor, inner: AgentChannel): AgentChannel {
  const call = throughSeam(world, actor, 'channel');
  return {
    open: (instanceId) => call({ operation: 'open' }, () => inner.open(instanceId)),
    ring: (instanceId, message) => call({ operation: 'ring' }, () => inner.ring(instanceId, message)),
    close: (instanceId) => call({ operation: 'close' }, () => inner.close(instanceId)),
  };
}

export function faultyCapacity(world: SimContext, actor: Actor, inner: CapacityProvider): CapacityProvider {
  const call = throughSeam(world, actor, 'capacity');
  return {
    policy: (pool) => inner.policy(pool),
    list: (pool) => call({ operation: 'list', isWrite: false }, () => inner.list(pool)),
    launch: (pool, machineId) => call({ operation: 'launch' }, () => inner.launch(pool, machineId)),
    terminate: (pool, machineId) => call({ operation: 'terminate' }, () => inner.terminate(pool, machineId)),
  };
}
