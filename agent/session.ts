import { MAX_TASKS_PER_INSTANCE } from '#core/model/container-instance.ts';
import {
  AGENT_PROTOCOL,
  type BellMessage,
  type HeartbeatRequest,
  type HeartbeatResponse,
  type RegisterResponse,
} from '#events/agent-wire.ts';
import { listenForBells } from './bell-listener.ts';
import type { CallFailure } from './client/control-plane.ts';
import type { Credential } from './client/token.ts';
import type { Engine } from './engine/engine.ts';
import { Heart } from './heart.ts';
import type { SessionDeps } from './session-deps.ts';
import type { SessionHost } from './sessions/session-host.ts';

/** What an operator may want to know of a running agent. */
export interface SessionStatus {
  readonly agentEpoch: number;
  readonly seen: number;
  /** Rule R4: on the monotonic clock, counted from when the confirming request was sent. */
  readonly leaseUntil: number;
}

/** One agent epoch: from a registration to its end. It carries assignments to the engine and reports back. */
export class Session {
  readonly #deps: SessionDeps;
  readonly #engine: Engine;
  readonly #credential: Credential;
  readonly #host: SessionHost;
  readonly #heart: Heart;
  readonly #listening = new AbortController();
  readonly #end = Promise.withResolvers<CallFailure>();
  /** Rule R7: newest sequence applied in this epoch. */
  #seen = 0;
  /** False when the last heartbeat had no room for all reports. */
  #complete = true;
  #leaseUntil = Number.NEGATIVE_INFINITY;

  constructor(
    deps: SessionDeps,
    engine: Engine,
    host: SessionHost,
    credential: Credential,
    registered: RegisterResponse,
  ) {
    this.#deps = deps;
    this.#host = host;
    this.#engine = engine;
    this.#credential = credential;
    this.#heart = new Heart(deps, {
      beat: (request) => deps.controlPlane.heartbeat(request, credential),
      compose: () => this.#compose(),
      onAnswer: (answer, sent, sentAt) => this.#answered(answer, sent, sentAt),
      onFatal: (failure) => this.#end.resolve(failure),
      heartbeatMs: registered.heartbeatMs,
    });
  }

  /** Why the session ended by itself. */
  get ended(): Promise<CallFailure> {
    return this.#end.promise;
  }

  get status(): SessionStatus {
    return { agentEpoch: this.#credential.agentEpoch, seen: this.#seen, leaseUntil: this.#leaseUntil };
  }

  start(): void {
    this.#heart.quicken();
    const listen = (signal: AbortSignal) => this.#deps.controlPlane.listen(this.#credential, signal);
    void listenForBells(this.#deps, listen, (bell) => this.#rung(bell), this.#listening.signal);
  }

  /** There are new reports. */
  news(): void {
    this.#heart.quicken();
  }

  stop(): void {
    this.#heart.stop();
    this.#listening.abort();
  }

  #compose(): HeartbeatRequest {
    const { reports, complete } = this.#engine.reports();
    this.#complete = complete;
    return {
      protocol: AGENT_PROTOCOL,
      agentEpoch: this.#credential.agentEpoch,
      seen: this.#seen,
      synced: this.#engine.synced,
      known: this.#engine.known().slice(0, MAX_TASKS_PER_INSTANCE * 2),
      reports,
      ...(this.#engine.fenced().length > 0 ? { fenced: true } : {}),
    };
  }

  #answered(answer: HeartbeatResponse, sent: HeartbeatRequest, sentAt: number): void {
    if (answer.agentEpoch !== this.#credential.agentEpoch) return;
    if (answer.sessions) this.#host.hear(answer.sessions);
    // Before the lease opens the fence: a bell that came late may have brought a task that was taken away since.
    const isCurrent = sent.synced && answer.sequence >= this.#seen;
    if (isCurrent && answer.assignments) this.#engine.withdraw(answer.assignments);
    this.#leaseUntil = Math.max(this.#leaseUntil, sentAt + answer.leaseExpiresInMs);
    this.#engine.leased(this.#leaseUntil);
    // What was confirmed stays confirmed, however late the answer is; everything else in an old answer is void.
    this.#engine.acknowledge(sent.reports, answer.acknowledged);
    if (!this.#complete && answer.acknowledged.length > 0) this.#heart.quicken();
    // Before the containers were listed nothing may start: the answer to the first synced heartbeat has it all again.
    if (!isCurrent) return;
    this.#engine.confirmStops(answer.stop);
    if (answer.assignments && this.#engine.apply(answer.assignments)) this.#seen = answer.sequence;
  }

  /** True when the bell was news. */
  #rung(bell: BellMessage): boolean {
    const mine = bell.instanceId === this.#credential.instanceId && bell.agentEpoch === this.#credential.agentEpoch;
    if (mine && bell.session !== undefined) {
      this.#host.hear([bell.session]);
      return true;
    }
    if (!mine || bell.sequence <= this.#seen) return false;
    const next = this.#engine.synced && bell.previous === this.#seen;
    if (next && this.#engine.apply(bell.changes)) this.#seen = bell.sequence;
    else this.#heart.quicken();
    return true;
  }
}
