import type { CallFailure, CallOutcome, ControlPlane } from '#agent/client/control-plane.ts';
import { CALL_TIMEOUT_MS } from '#agent/client/http-control-plane.ts';
import { AGENT_FAULT_STATUS } from '#api/agent/fault-table.ts';
import { heartbeat } from '#control/instances/heartbeat.ts';
import { registerAgent } from '#control/instances/register-agent.ts';
import type { AgentChannel } from '#control/ports.ts';
import { Fault } from '#core/fault.ts';
import type { BellMessage, HeartbeatResponse, RegisterResponse } from '#events/agent-wire.ts';
import type { Process } from './process.ts';
import type { SimContext } from './sim-context.ts';
import type { Worker, Workers } from './workers.ts';

/** State of one agent's link: what leaves the machine, and what reaches it. */
export interface Link {
  outbound: boolean;
  inbound: boolean;
}

const POLL_MS = 20_000;
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const unavailable = (message: string): CallFailure => ({ kind: 'unavailable', message });

/** The bells between the functions and the agents; best effort, so they may be lost, late, doubled. */
export class Bells implements AgentChannel {
  readonly #world: SimContext;
  readonly #boxes = new Map<string, BellMessage[]>();
  readonly #waiting = new Map<string, () => void>();

  constructor(world: SimContext) {
    this.#world = world;
  }

  async open(): Promise<void> {}
  async close(): Promise<void> {}

  async ring(instanceId: string, message: BellMessage): Promise<void> {
    const { rng, rates, time } = this.#world;
    if (rng.chance(rates.messageDrop)) return;
    const copies = rng.chance(rates.messageDuplicate) ? 2 : 1;
    for (let number = 0; number < copies; number += 1) {
      const delay = rng.chance(rates.messageLate) ? rng.between(0, 15_000) : rng.between(2, 40);
      time.after(delay, () => {
        const box = this.#boxes.get(instanceId) ?? [];
        this.#boxes.set(instanceId, [...box, copy(message)].slice(-20));
        this.#waiting.get(instanceId)?.();
      });
    }
  }

  take(instanceId: string): readonly BellMessage[] {
    const box = this.#boxes.get(instanceId) ?? [];
    this.#boxes.delete(instanceId);
    return box;
  }

  whenRung(instanceId: string, run: () => void): void {
    if (this.#boxes.has(instanceId)) run();
    else this.#waiting.set(instanceId, run);
  }
}

/** What an agent's ControlPlane is here: the real use cases behind a wire that loses, delays and repeats. */
export function simulatedWire(
  world: SimContext,
  workers: Workers,
  bells: Bells,
  link: Link,
  process: Process,
  seen: () => number,
): ControlPlane {
  const { rng, time } = world;
  const leg = (): number => (rng.chance(world.rates.netSlow) ? rng.between(50, 16_000) : rng.between(2, 25));
  const isLost = (direction: 'outbound' | 'inbound'): boolean =>
    !link[direction] || world.isOutage || rng.chance(world.rates.netLost);

  const call = <T>(serve: (worker: Worker) => Promise<T>): Promise<CallOutcome<T>> =>
    new Promise((resolve) => {
      let isOver = false;
      const end = (outcome: CallOutcome<T>): void => {
        if (isOver) return;
        isOver = true;
        resolve(outcome);
      };
      process.after(CALL_TIMEOUT_MS, () => end(unavailable('simulated: timeout')));
      const send = (): void => {
        time.after(leg(), () => {
          if (isLost('outbound')) return;
          const worker = workers.of('agentApi');
          serve(worker)
            .then((answer): CallOutcome<T> => ({ kind: 'answered', answer: copy(answer) }), failureOf)
            .then((outcome) => {
              time.after(leg(), () => {
                if (!isLost('inbound')) process.wake(() => end(outcome));
              });
            })
            .catch((error: unknown) => world.violated('crash', String(error)));
        });
      };
      send();
      if (rng.chance(world.rates.netDuplicate)) send();
    });

  return {
    register: (request) => call<RegisterResponse>((worker) => registerAgent(worker.deps, copy(request))),
    heartbeat: async (request, { cluster, instanceId }) => {
      const sent = copy(request);
      const outcome = await call<HeartbeatResponse>((worker) => heartbeat(worker.deps, { cluster, instanceId }, sent));
      if (outcome.kind !== 'answered') return outcome;
      const { answer } = outcome;
      if (world.mutant === 'R7')
        return { kind: 'answered', answer: { ...answer, sequence: Math.max(answer.sequence, seen()) } };
      // Mutant R11: whatever the agent knows and this answer does not assign is taken for unknown.
      if (world.mutant === 'R11') {
        const held = new Set(answer.assignments?.map(({ taskId }) => taskId));
        return { kind: 'answered', answer: { ...answer, stop: sent.known.filter((taskId) => !held.has(taskId)) } };
      }
      return outcome;
    },
    listen: ({ instanceId }, signal) =>
      new Promise((resolve) => {
        let isOver = false;
        const end = (outcome: CallOutcome<readonly BellMessage[]>): void => {
          if (isOver) return;
          isOver = true;
          resolve(outcome);
        };
        signal.addEventListener('abort', () => end({ kind: 'answered', answer: [] }));
        if (isLost('outbound')) return void process.after(5_000, () => end(unavailable('simulated: no route')));
        process.after(POLL_MS, () => end({ kind: 'answered', answer: [] }));
        bells.whenRung(instanceId, () => {
          if (isOver) return;
          const rung = bells.take(instanceId);
          if (isLost('inbound')) return void process.after(5_000, () => end(unavailable('simulated: reset')));
          process.after(rng.between(1, 20), () => end({ kind: 'answered', answer: rung }));
        });
        return undefined;
      }),
  };
}

/** The statuses of the agent wire, read back as the agent's client reads them. */
function failureOf(error: unknown): CallFailure {
  if (!(error instanceof Fault)) throw error;
  const { message } = error;
  switch (AGENT_FAULT_STATUS[error.code]) {
    case 401:
      return { kind: 'unauthenticated', message };
    case 403:
      return { kind: 'denied', message };
    case 409:
      return { kind: 'taken-over', message };
    case 410:
      return { kind: 'unknown-instance', message };
    case 429:
    case 503:
      return unavailable(message);
    default:
      return { kind: 'refused', message };
  }
}
