import { deriveId } from '#adapters/ids.ts';
import type { CallOutcome } from '#agent/client/control-plane.ts';
import { read, reservations } from '#control/records.ts';
import type { BellMessage, HeartbeatRequest, HeldAssignment } from '#events/agent-wire.ts';
import type { Wiring } from '../ports/wiring.ts';
import type { SimContext } from '../world/sim-context.ts';

/** R4: the lease counts from when its answer arrived. */
export const leaseFromArrival = ({ time }: SimContext): Wiring => ({
  wire: (wire) => ({
    ...wire,
    heartbeat: async (request, credential) => {
      const sentAt = time.elapsed;
      const outcome = await wire.heartbeat(request, credential);
      if (outcome.kind !== 'answered') return outcome;
      const { answer } = outcome;
      const leaseExpiresInMs = answer.leaseExpiresInMs + (time.elapsed - sentAt);
      return { kind: 'answered', answer: { ...answer, leaseExpiresInMs } };
    },
  }),
});

/** R7: every answer passes for the newest one of the agent's present epoch. */
export const answersUnordered = (): Wiring => ({
  wire: (wire, agent) => ({
    ...wire,
    heartbeat: async (request, credential) => {
      const outcome = await wire.heartbeat(request, credential);
      if (outcome.kind !== 'answered') return outcome;
      const { answer } = outcome;
      const sequence = Math.max(answer.sequence, agent.status?.seen ?? 0);
      return { kind: 'answered', answer: { ...answer, sequence, agentEpoch: credential.agentEpoch } };
    },
  }),
});

/** R8: the task book is never durable. */
export const nothingBuried = (): Wiring => ({
  disk: (disk) => ({ ...disk, saveBook: () => disk.saveBook({ tasks: [], tombstones: {} }) }),
});

/** R9: whatever is to stop and does not run yet is reported STOPPED at once, though its start may be in flight. */
export const stoppedTooEarly = (): Wiring => ({
  wire: (wire) => {
    const epochs = new Map<string, number>();
    const unwanted = new Set<string>();
    const ran = new Set<string>();
    const learn = (assignments: readonly HeldAssignment[] = []): void => {
      for (const { taskId, desired, spec } of assignments) {
        if (spec) epochs.set(taskId, spec.epoch);
        if (desired === 'STOPPED') unwanted.add(taskId);
      }
    };
    const hasten = (request: HeartbeatRequest): HeartbeatRequest => {
      for (const { taskId, status } of request.reports) if (status !== 'PENDING') ran.add(taskId);
      const early = request.known.flatMap((taskId) => {
        const epoch = epochs.get(taskId);
        if (!unwanted.has(taskId) || ran.has(taskId) || epoch === undefined) return [];
        return [{ taskId, epoch, status: 'STOPPED' as const, containers: [] }];
      });
      const named = new Set(early.map(({ taskId }) => taskId));
      return { ...request, reports: [...request.reports.filter(({ taskId }) => !named.has(taskId)), ...early] };
    };
    return {
      ...wire,
      heartbeat: async (request, credential) => {
        const outcome = await wire.heartbeat(hasten(request), credential);
        if (outcome.kind === 'answered') learn(outcome.answer.assignments);
        return outcome;
      },
      listen: async (credential, signal) => {
        const outcome: CallOutcome<readonly BellMessage[]> = await wire.listen(credential, signal);
        if (outcome.kind === 'answered') for (const { changes } of outcome.answer) learn(changes);
        return outcome;
      },
    };
  },
});

const SEPARATOR = '~';
const plain = (name: string): string => name.split(SEPARATOR)[0] ?? name;

/** R10: each create takes a name of its own; everything else finds the newest container of the plain name. */
export const namesAtRandom = ({ rng }: SimContext): Wiring => ({
  runtime: (runtime) => {
    const real = async (name: string): Promise<string> =>
      (await runtime.list()).findLast((info) => plain(info.name) === name)?.name ?? name;
    return {
      ...runtime,
      list: async () => (await runtime.list()).map((info) => ({ ...info, name: plain(info.name) })),
      inspect: async (name) => {
        const info = await runtime.inspect(await real(name));
        return info && { ...info, name };
      },
      create: async (spec) => {
        const name = `${spec.name}${SEPARATOR}${rng.below(1e9)}`;
        return { ...(await runtime.create({ ...spec, name })), name: spec.name };
      },
      start: async (name) => runtime.start(await real(name)),
      stop: async (name, timeout) => runtime.stop(await real(name), timeout),
      remove: async (name) => runtime.remove(await real(name)),
    };
  },
});

/** R6: nothing but the agent itself looks at the deadline of fenced tasks. */
export const unwatched = (): Wiring => ({
  fence: (fence) => ({ ...fence, watchdog: { ensure: async () => undefined } }),
});

/** R11: the agent takes whatever it knows and an answer does not assign for confirmed unknown. */
export const unknownsUnconfirmed = (): Wiring => ({
  wire: (wire) => ({
    ...wire,
    heartbeat: async (request, credential) => {
      const outcome = await wire.heartbeat(request, credential);
      if (outcome.kind !== 'answered') return outcome;
      const held = new Set(outcome.answer.assignments?.map(({ taskId }) => taskId));
      const stop = request.known.filter((taskId) => !held.has(taskId));
      return { kind: 'answered', answer: { ...outcome.answer, stop } };
    },
  }),
});

/** R12: whoever registers is taken to know the newest epoch. */
export const clonesWelcome = ({ store }: SimContext): Wiring => ({
  wire: (wire) => ({
    ...wire,
    register: async (request, credential) => {
      const { cluster, publicKey } = request;
      const instanceId = deriveId('instance', cluster, publicKey);
      const reservation = await read(store, reservations, { cluster, instanceId });
      const agentEpoch = reservation?.value.agentEpoch;
      return wire.register(agentEpoch === undefined ? request : { ...request, agentEpoch }, credential);
    },
  }),
});
