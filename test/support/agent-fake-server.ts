import type { CallOutcome, ControlPlane } from '#agent/client/control-plane.ts';
import type {
  BellMessage,
  HeartbeatRequest,
  HeartbeatResponse,
  HeldAssignment,
  RegisterRequest,
  RegisterResponse,
  TaskReport,
  TaskSpec,
} from '#events/agent-wire.ts';

type Failure = Exclude<CallOutcome<never>, { kind: 'answered' }>;

/**
 * A control plane small enough to script: it holds tasks for one agent, bumps the sequence at every change,
 * acknowledges reports and confirms stops by the book. Tests override single answers.
 */
export class FakeServer implements ControlPlane {
  readonly registrations: RegisterRequest[] = [];
  readonly heartbeats: HeartbeatRequest[] = [];
  /** Every report ever received, newest last. */
  readonly reports: TaskReport[] = [];
  readonly #held = new Map<string, { spec: TaskSpec; stop: boolean; grace?: number }>();
  readonly #bells: BellMessage[] = [];
  #ring: (() => void) | undefined;
  sequence = 1;
  epoch = 0;
  instanceId = 'i-1';
  acknowledging = true;
  /** When set, replaces the next answers. */
  registerAnswer: (() => Failure | undefined) | undefined;
  heartbeatAnswer: ((request: HeartbeatRequest) => Promise<CallOutcome<HeartbeatResponse> | undefined>) | undefined;

  hold(spec: TaskSpec): void {
    this.#held.set(spec.taskId, { spec, stop: false });
    this.sequence += 1;
  }

  askToStop(taskId: string, grace?: number): void {
    const held = this.#held.get(taskId);
    if (held) Object.assign(held, { stop: true }, grace === undefined ? {} : { grace });
    this.sequence += 1;
  }

  /** Takes a task away, as if the agent had been declared lost. */
  disown(taskId: string): void {
    this.#held.delete(taskId);
    this.sequence += 1;
  }

  ring(bell: Partial<BellMessage> & Pick<BellMessage, 'changes' | 'previous' | 'sequence'>): void {
    this.#bells.push({ instanceId: this.instanceId, agentEpoch: this.epoch, ...bell });
    this.#ring?.();
  }

  lastReport(taskId: string): TaskReport | undefined {
    return this.reports.findLast((report) => report.taskId === taskId);
  }

  async register(request: RegisterRequest): Promise<CallOutcome<RegisterResponse>> {
    this.registrations.push(request);
    const failure = this.registerAnswer?.();
    if (failure) return failure;
    this.epoch += 1;
    const { instanceId, epoch: agentEpoch } = this;
    const answer = {
      instanceId,
      cluster: request.cluster,
      agentEpoch,
      heartbeatMs: 5_000,
      leaseMs: 20_000,
      serverTime: 0,
    };
    return { kind: 'answered', answer };
  }

  async heartbeat(request: HeartbeatRequest): Promise<CallOutcome<HeartbeatResponse>> {
    this.heartbeats.push(request);
    const scripted = await this.heartbeatAnswer?.(request);
    return scripted ?? { kind: 'answered', answer: this.answer(request) };
  }

  answer(request: HeartbeatRequest): HeartbeatResponse {
    this.reports.push(...request.reports);
    for (const { taskId, status } of request.reports) {
      if (this.acknowledging && status === 'STOPPED' && this.#held.delete(taskId)) this.sequence += 1;
    }
    const current = request.seen === this.sequence;
    return {
      agentEpoch: request.agentEpoch,
      sequence: this.sequence,
      leaseExpiresInMs: 20_000,
      heartbeatMs: 5_000,
      ...(current ? {} : { assignments: this.assignments(request.known) }),
      acknowledged: this.acknowledging ? request.reports.map(({ taskId, status }) => ({ taskId, status })) : [],
      stop: this.acknowledging ? request.known.filter((taskId) => !this.#held.has(taskId)) : [],
    };
  }

  assignments(known: readonly string[]): readonly HeldAssignment[] {
    return [...this.#held.values()].map(({ spec, stop, grace }) => ({
      taskId: spec.taskId,
      desired: stop ? 'STOPPED' : 'RUNNING',
      ...(grace === undefined ? {} : { grace }),
      ...(stop || known.includes(spec.taskId) ? {} : { spec }),
    }));
  }

  async listen(_credential: unknown, signal: AbortSignal): Promise<CallOutcome<readonly BellMessage[]>> {
    if (this.#bells.length === 0) {
      await new Promise<void>((resolve) => {
        this.#ring = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    return { kind: 'answered', answer: this.#bells.splice(0) };
  }
}
