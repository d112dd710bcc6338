import type { CallFailure, CallOutcome, ControlPlane } from '#agent/client/control-plane.ts';
import { CALL_TIMEOUT_MS } from '#agent/client/http-control-plane.ts';
import { AGENT_FAULT_STATUS } from '#api/agent/fault-table.ts';
import { heartbeat } from '#control/instances/heartbeat.ts';
import { registerAgent } from '#control/instances/register-agent.ts';
import type { AgentChannel } from '#control/ports.ts';
import { Fault } from '#core/fault.ts';
import type { BellMessage, HeartbeatResponse, RegisterResponse } from '#events/agent-wire.ts';
import { frozenCopy } from '../store/frozen-copy.ts';
import type { SimContext } from '../world/sim-context.ts';
import type { Worker, Workers } from '../world/workers.ts';
import type { Actor } from './port-call.ts';

/** State of one agent's link: what leaves the machine, and what reaches it. */
export interface Link {
  outbound: boolean;
  inbound: boolean;
}

const POLL_MS = 20_000;
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
    const { rng, seam, time } = this.#world;
    const verdict = seam.announce({ port: 'event', operation: 'bell', detail: '', role: 'channel', isWrite: true });
    if (verdict.kind === 'drop') return;
    const copies = verdict.kind === 'duplicate' ? 2 : 1;
    for (let number = 0; number < copies; number += 1) {
      time.after(rng.between(2, 40) + (verdict.kind === 'delay' ? verdict.ms : 0), () => {
        const box = this.#boxes.get(instanceId) ?? [];
        this.#boxes.set(instanceId, [...box, frozenCopy(message)].slice(-20));
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
  actor: Actor,
): ControlPlane {
  const { rng, time } = world;
  const { process, role, host = '' } = actor;
  const caller = { role, host };
  const leg = (): number => rng.between(2, 25);
  const isOpen = (direction: 'outbound' | 'inbound'): boolean => link[direction] && !world.isOutage;

  const call = <T>(operation: string, serve: (worker: Worker) => Promise<T>): Promise<CallOutcome<T>> => {
    const verdict = world.seam.announce({ port: 'wire', operation, detail: '', ...caller, isWrite: true });
    return new Promise((resolve) => {
      if (verdict.kind === 'crash-before') return actor.crash();
      let isOver = false;
      const end = (outcome: CallOutcome<T>): void => {
        if (isOver) return;
        isOver = true;
        if (verdict.kind === 'crash-after') actor.crash();
        else resolve(outcome);
      };
      process.after(CALL_TIMEOUT_MS, () => end(unavailable('simulated: timeout')));
      const answer = (outcome: CallOutcome<T>): void => {
        const late = verdict.kind === 'delay' ? verdict.ms : 0;
        time.after(late + leg(), () => {
          if (isOpen('inbound') && verdict.kind !== 'lose-answer') process.wake(() => end(outcome));
        });
      };
      const send = (): void => {
        time.after(leg(), () => {
          if (!isOpen('outbound') || verdict.kind === 'drop') return;
          // The gateway refuses at once what the functions have no room for.
          if (verdict.kind === 'fail-before') return answer(unavailable('simulated: throttled'));
          serve(workers.of('agentApi'))
            .then((value): CallOutcome<T> => ({ kind: 'answered', answer: frozenCopy(value) }), failureOf)
            .then(answer)
            .catch((error: unknown) => world.violated('crash', String(error)));
        });
      };
      send();
      if (verdict.kind === 'duplicate') send();
      return undefined;
    });
  };

  return {
    register: (request) =>
      call<RegisterResponse>('register', (worker) => registerAgent(worker.deps, frozenCopy(request))),
    heartbeat: (request, { cluster, instanceId }) => {
      const sent = frozenCopy(request);
      return call<HeartbeatResponse>('heartbeat', (worker) => heartbeat(worker.deps, { cluster, instanceId }, sent));
    },
    listen: ({ instanceId }, signal) =>
      new Promise((resolve) => {
        let isOver = false;
        const end = (outcome: CallOutcome<readonly BellMessage[]>): void => {
          if (isOver) return;
          isOver = true;
          signal.removeEventListener('abort', aborted);
          resolve(outcome);
        };
        const aborted = (): void => end({ kind: 'answered', answer: [] });
        signal.addEventListener('abort', aborted);
        const verdict = world.seam.announce({
          port: 'wire',
          operation: 'listen',
          detail: '',
          role: actor.role,
          isWrite: false,
        });
        if (verdict.kind === 'crash-before') return actor.crash();
        if (!isOpen('outbound') || verdict.kind === 'drop' || verdict.kind === 'fail-before')
          return void process.after(5_000, () => end(unavailable('simulated: no route')));
        process.after(POLL_MS, () => end({ kind: 'answered', answer: [] }));
        bells.whenRung(instanceId, () => {
          if (isOver) return;
          const rung = bells.take(instanceId);
          if (verdict.kind === 'crash-after') return process.wake(() => actor.crash());
          if (!isOpen('inbound') || verdict.kind === 'lose-answer')
            return void process.after(5_000, () => end(unavailable('simulated: reset')));
          process.after(rng.between(1, 20) + (verdict.kind === 'delay' ? verdict.ms : 0), () =>
            end({ kind: 'answered', answer: rung }),
          );
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
