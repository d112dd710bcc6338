import type { InputPiece, OutputPiece, SessionEnd } from '#core/model/session.ts';
import {
  IDLE_MS,
  MAX_OUTPUT_WAITING,
  MAX_PIECE_BYTES,
  MAX_PIECES_PER_EXCHANGE,
  SILENT_AFTER_MS,
} from '#core/session/limits.ts';
import type { ExchangeRequest, ExchangeResponse } from '#events/session-wire.ts';
import { fullJitter } from '../client/backoff.ts';
import type { CallOutcome } from '../client/control-plane.ts';
import type { AgentClock, Timers } from '../ports.ts';
import type { OutputChunk } from '../runtime/port.ts';

export interface LinkDeps {
  readonly clock: AgentClock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly exchange: (
    request: Pick<ExchangeRequest, 'nextInput' | 'output' | 'end'>,
  ) => Promise<CallOutcome<ExchangeResponse>>;
  /** Carries one piece out. The next one waits for it. */
  readonly onInput: (piece: InputPiece) => Promise<void>;
}

/** Between two exchanges while there is traffic; each one without any doubles it. */
const QUICK_MS = 40;
const SLOW_MS = 1_000;
/** Output that comes within this time of the first shares an exchange. */
const GATHER_MS = 5;
const RETRY_MS = 250;
const RETRY_MAX_MS = 2_000;

/**
 * The agent's end of a session: output goes out and input comes in by one exchange after the other. Nothing is lost or
 * doubled when an exchange is: what was not accepted is sent again under its number.
 */
export class SessionLink {
  readonly #deps: LinkDeps;
  /** What the server has not accepted, oldest first. */
  #output: OutputPiece[] = [];
  #nextOutput = 0;
  /** Input that was carried out, and what is still to be. */
  #nextInput = 0;
  #queue: InputPiece[] = [];
  #isApplying = false;
  #end: SessionEnd | undefined;
  #isOver = false;
  #lastTraffic: number;
  #wake = (): void => {};
  #room = (): void => {};

  constructor(deps: LinkDeps) {
    this.#deps = deps;
    this.#lastTraffic = deps.clock.monotonic();
  }

  /** Resolves when there is room for more, which holds up whoever reads the container's output. */
  async push({ stream, data }: OutputChunk): Promise<void> {
    for (let at = 0; at < data.length; at += MAX_PIECE_BYTES) {
      const piece = Buffer.from(data.subarray(at, at + MAX_PIECE_BYTES)).toString('base64');
      this.#output.push({ sequence: this.#nextOutput, stream, data: piece });
      this.#nextOutput += 1;
    }
    this.#wake();
    while (this.#output.length >= MAX_OUTPUT_WAITING && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#room = resolve;
      });
    }
  }

  /** The container is done; the first end counts. */
  finish(end: SessionEnd): void {
    this.#end ??= end;
    this.#wake();
  }

  /** Exchanges until the session is over on the other side, or nobody is there any more. */
  async run(): Promise<void> {
    const { clock, random } = this.#deps;
    let rest = QUICK_MS;
    let failures = 0;
    let heardAt = clock.monotonic();
    while (!this.#isOver) {
      const outcome = await this.#exchange();
      const now = clock.monotonic();
      if (outcome.kind === 'answered') {
        failures = 0;
        heardAt = now;
        if (outcome.answer.state === 'closed') break;
        const moved = this.#take(outcome.answer);
        if (moved) this.#lastTraffic = now;
        else if (now - this.#lastTraffic > IDLE_MS) this.finish({ reason: 'The session was idle for 20 minutes.' });
        rest = moved ? QUICK_MS : Math.min(rest * 2, SLOW_MS);
        await this.#rest(rest, moved);
      } else if (outcome.kind !== 'unavailable' || now - heardAt > SILENT_AFTER_MS) break;
      else await this.#sleep(fullJitter(failures++, RETRY_MS, RETRY_MAX_MS, random));
    }
    this.#isOver = true;
    this.#room();
  }

  #exchange(): Promise<CallOutcome<ExchangeResponse>> {
    const output = this.#output.slice(0, MAX_PIECES_PER_EXCHANGE);
    const isLast = output.length === this.#output.length;
    return this.#deps.exchange({
      nextInput: this.#nextInput,
      output,
      ...(this.#end && isLast ? { end: this.#end } : {}),
    });
  }

  /** True when something came or went. */
  #take({ nextOutput, input }: ExchangeResponse): boolean {
    const before = this.#output.length;
    this.#output = this.#output.filter(({ sequence }) => sequence >= nextOutput);
    if (this.#output.length < MAX_OUTPUT_WAITING) this.#room();
    const known = this.#nextInput + this.#queue.length;
    const fresh = input.filter(({ sequence }) => sequence >= known);
    this.#queue.push(...fresh);
    void this.#apply();
    return fresh.length > 0 || this.#output.length < before;
  }

  /** In order, and apart from the exchanges: a command that reads nothing must not keep its agent from being heard. */
  async #apply(): Promise<void> {
    if (this.#isApplying) return;
    this.#isApplying = true;
    for (let piece = this.#queue[0]; piece && !this.#isOver; piece = this.#queue[0]) {
      await this.#deps.onInput(piece);
      this.#queue.shift();
      this.#nextInput += 1;
    }
    this.#isApplying = false;
  }

  /** Until it is time, or there is something to say; a server that took nothing is not asked again at once. */
  async #rest(ms: number, moved: boolean): Promise<void> {
    const isHeldUp = !moved && this.#output.length > 0;
    if (moved && this.#output.length > 0) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#deps.timers.after(ms, resolve);
      if (isHeldUp) return;
      this.#wake = () => {
        cancel();
        this.#deps.timers.after(GATHER_MS, resolve);
      };
    });
    this.#wake = () => {};
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#deps.timers.after(ms, resolve);
    });
  }
}
