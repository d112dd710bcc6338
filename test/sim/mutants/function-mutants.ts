import type { StateStore, WorkMessage, Write } from '#control/ports.ts';
import { observations, put, serviceStates } from '#control/records.ts';
import type { Wiring } from '../ports/wiring.ts';
import type { SimContext } from '../world/sim-context.ts';
import { isPut, writtenValue } from './written.ts';

/** R5: the server believes in a loss long before the lease is over. */
export const impatient = (): Wiring => ({
  deps: (deps) => ({ ...deps, timings: { ...deps.timings, serverMargin: -12_000 } }),
});

/** R15: what a client token made is noted after the commit, by a process that may be gone by then. */
export const tokensNotedLater = ({ rng }: SimContext): Wiring => {
  const noted = new Map<string, string>();
  return {
    deps: (deps) => {
      const drafts = new Map<string, string>();
      const derive: typeof deps.ids.derive = (...parts) => {
        if (parts[0] !== 'client-token') return deps.ids.derive(...parts);
        const name = parts.join('/');
        const id = noted.get(name) ?? drafts.get(name) ?? deps.ids.derive(...parts, rng.below(1e9));
        drafts.set(name, id);
        return id;
      };
      const transact: StateStore['transact'] = async (writes) => {
        const outcome = await deps.store.transact(writes);
        if (outcome.kind === 'committed') for (const [name, id] of drafts) noted.set(name, id);
        return outcome;
      };
      return { ...deps, ids: { ...deps.ids, derive }, store: { ...deps.store, transact } };
    },
  };
};

/** Lambda stops a chain of messages between a queue and a function at about this many. */
const MAX_HOPS = 16;

/**
 * R16: a service that backs off sends itself a message every second until it is due; nothing is stored about it, no
 * wake waits for it and no sweep finds it. The chain ends where Lambda ends it.
 */
export const backOffByMessage = (): Wiring => {
  const hops = new Map<string, number>();
  return {
    deps: (deps, role) => {
      const requeue = async (writes: readonly Write[]): Promise<void> => {
        for (const write of writes.filter(isPut(serviceStates.kind))) {
          const { cluster, name, nextCheckAt } = writtenValue(serviceStates, write);
          if (nextCheckAt === undefined) hops.delete(name);
          else if ((hops.get(name) ?? 0) < MAX_HOPS) {
            hops.set(name, (hops.get(name) ?? 0) + 1);
            await deps.queue.send([{ work: { kind: 'service', cluster, service: name }, delaySeconds: 1 }]);
          }
        }
      };
      const transact: StateStore['transact'] = async (writes) => {
        const outcome = await deps.store.transact(writes.map(forgetful));
        if (outcome.kind === 'committed') await requeue(writes);
        return outcome;
      };
      const isService = ({ work }: WorkMessage): boolean => work.kind === 'service';
      const send = (messages: readonly WorkMessage[]): Promise<void> =>
        deps.queue.send(role === 'sweeper' ? messages.filter((message) => !isService(message)) : messages);
      return { ...deps, store: { ...deps.store, transact }, queue: { send } };
    },
  };
};

/** Without the time at which the service is due, neither in its state nor in a wake. */
function forgetful(write: Write): Write {
  if (write.kind !== 'put') return write;
  const { wake, ...body } = write.body;
  if (body.kind === observations.kind && wake?.at !== undefined)
    return { ...write, body: { ...body, wake: { work: wake.work } } };
  if (!isPut(serviceStates.kind)(write)) return write;
  const { nextCheckAt: _at, ...state } = writtenValue(serviceStates, write);
  return put(serviceStates, { cluster: state.cluster, service: state.name }, state, write.expect);
}
