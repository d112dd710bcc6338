import type { HeartbeatRequest, HeartbeatResponse } from '#events/agent-wire.ts';
import { reconnectDelay } from './client/backoff.ts';
import type { CallFailure, CallOutcome } from './client/control-plane.ts';
import type { Cancel } from './ports.ts';
import type { SessionDeps } from './session-deps.ts';

/** News within this long of each other share a heartbeat. */
const COALESCE_MS = 5;

export interface HeartOptions {
  readonly beat: (request: HeartbeatRequest) => Promise<CallOutcome<HeartbeatResponse>>;
  readonly compose: () => HeartbeatRequest;
  readonly onAnswer: (answer: HeartbeatResponse, sent: HeartbeatRequest, sentAt: number) => void;
  /** A failure that retrying does not cure. */
  readonly onFatal: (failure: CallFailure) => void;
  readonly heartbeatMs: number;
}

/**
 * When heartbeats are sent: regularly with jitter, at once when there is news, backing off while nobody answers.
 * Invariant: at most one heartbeat is in flight; news that arrives meanwhile causes another one after it.
 */
export class Heart {
  readonly #deps: SessionDeps;
  readonly #options: HeartOptions;
  #heartbeatMs: number;
  #timer: Cancel | undefined;
  #soon = false;
  #inFlight = false;
  #again = false;
  #failures = 0;
  #stopped = false;

  constructor(deps: SessionDeps, options: HeartOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#heartbeatMs = options.heartbeatMs;
  }

  /** There is something to say or to learn. */
  quicken(): void {
    if (this.#stopped || this.#soon) return;
    if (this.#inFlight) {
      this.#again = true;
      return;
    }
    // While nobody answers, news does not bypass the back-off: it would turn an outage into a storm.
    if (this.#failures > 0) return;
    this.#soon = true;
    this.#schedule(COALESCE_MS);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.();
  }

  #schedule(delay: number): void {
    this.#timer?.();
    if (!this.#stopped) this.#timer = this.#deps.timers.after(delay, () => void this.#beat());
  }

  async #beat(): Promise<void> {
    this.#soon = false;
    this.#again = false;
    this.#inFlight = true;
    const sent = this.#options.compose();
    const sentAt = this.#deps.clock.monotonic();
    const outcome = await this.#options.beat(sent);
    this.#inFlight = false;
    if (this.#stopped) return;
    if (outcome.kind === 'answered') this.#answered(outcome.answer, sent, sentAt);
    else this.#failed(outcome);
  }

  #answered(answer: HeartbeatResponse, sent: HeartbeatRequest, sentAt: number): void {
    this.#failures = 0;
    if (answer.heartbeatMs > 0) this.#heartbeatMs = answer.heartbeatMs;
    const { heartbeatJitter } = this.#deps.timings;
    this.#schedule(this.#heartbeatMs * (1 + heartbeatJitter * (2 * this.#deps.random() - 1)));
    this.#options.onAnswer(answer, sent, sentAt);
    if (this.#again) this.quicken();
  }

  #failed(failure: CallFailure): void {
    if (failure.kind === 'unknown-instance' || failure.kind === 'taken-over') {
      this.stop();
      this.#options.onFatal(failure);
      return;
    }
    this.#deps.log.warn('heartbeat failed', { kind: failure.kind, error: failure.message });
    const timings = { ...this.#deps.timings, heartbeat: this.#heartbeatMs };
    this.#schedule(reconnectDelay(this.#failures, timings, this.#deps.random));
    this.#failures += 1;
  }
}
