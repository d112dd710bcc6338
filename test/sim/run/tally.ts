import type { Outcome } from './run-schedule.ts';
import { argumentsOf, type Schedule } from './schedule.ts';

export interface Failure {
  readonly schedule: Schedule;
  readonly invariant: string;
  readonly story: string;
  /** Virtual ms since the world began. */
  readonly at: number;
}

export interface Summary {
  readonly schedules: number;
  readonly seconds: number;
  readonly schedulesPerSecond: number;
  readonly virtualHours: number;
  readonly events: number;
  /** Virtual ms from the end of all faults until the world had converged. */
  readonly reconvergenceMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly failures: readonly (Failure & { readonly repeat: string })[];
}

const seedOf = ({ schedule }: Failure): number => (schedule.kind === 'random' ? schedule.seed : 0);

const share = (sorted: Float64Array, part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

/** What is known of the schedules that have run. */
export class Tally {
  readonly #startedAt = performance.now();
  readonly #reconverged: number[] = [];
  readonly #failures: Failure[] = [];
  #schedules = 0;
  #events = 0;
  #virtualMs = 0;

  add({ schedule, result }: Outcome): void {
    const { violation, reconvergedMs, events, virtualMs } = result;
    this.#schedules += 1;
    this.#events += events;
    this.#virtualMs += virtualMs;
    if (reconvergedMs !== undefined) this.#reconverged.push(reconvergedMs);
    if (violation) this.#failures.push({ schedule, ...violation });
  }

  get schedules(): number {
    return this.#schedules;
  }

  get failures(): number {
    return this.#failures.length;
  }

  summary(): Summary {
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    const times = Float64Array.from(this.#reconverged).sort();
    return {
      schedules: this.#schedules,
      seconds: Number(seconds.toFixed(1)),
      schedulesPerSecond: Number((this.#schedules / seconds).toFixed(1)),
      virtualHours: Number((this.#virtualMs / 3_600_000).toFixed(1)),
      events: this.#events,
      reconvergenceMs: { p50: share(times, 0.5), p99: share(times, 0.99), max: share(times, 1) },
      failures: this.#failures
        .toSorted((left, right) => seedOf(left) - seedOf(right))
        .map((failure) => ({ ...failure, repeat: argumentsOf(failure.schedule) })),
    };
  }
}
