import type { Rng, Scheduler } from '../world/scheduler.ts';
import { type Actor, type FaultPlan, nameOfCall, noFaults, type PortCall, type Verdict } from './port-call.ts';

/** A call on its way through the seam. */
export interface Passage<T> extends Pick<PortCall, 'port' | 'operation' | 'isWrite'> {
  readonly detail?: string;
  /** Shortest and longest time on the way there, and on the way back. */
  readonly there: readonly [number, number];
  readonly back: readonly [number, number];
  readonly apply: () => Promise<T>;
  /** What the caller is told when it fails, or seems to. */
  readonly failure: (why: string) => Error;
  /** What answers instead of `apply`; ports that cannot be stale or contended leave these out. */
  readonly stale?: (age: number) => T | undefined;
  readonly contended?: T;
  /** Called when the call took effect and its caller will not know. */
  readonly onUnknown?: () => void;
}

/** The one way from a simulated process to the world: each call is announced to the plan, which may spoil it. */
export class Seam {
  readonly #rng: Rng;
  readonly #time: Scheduler;
  readonly #numbers = new Map<string, number>();
  plan: FaultPlan = noFaults;
  /** Sees each call with what became of it. */
  onCall: (call: PortCall, verdict: Verdict) => void = () => undefined;

  constructor(rng: Rng, time: Scheduler) {
    this.#rng = rng;
    this.#time = time;
  }

  announce(call: Omit<PortCall, 'number'>): Verdict {
    const name = nameOfCall(call);
    const number = (this.#numbers.get(name) ?? 0) + 1;
    this.#numbers.set(name, number);
    const numbered = { ...call, number };
    const verdict = this.plan(numbered);
    this.onCall(numbered, verdict);
    return verdict;
  }

  pass<T>(actor: Actor, passage: Passage<T>): Promise<T> {
    const { port, operation, detail = '', isWrite, there, back, failure } = passage;
    const { process, role, host } = actor;
    const verdict = this.announce({ port, operation, detail, role, isWrite, ...(host === undefined ? {} : { host }) });
    if (verdict.kind === 'crash-before') {
      actor.crash();
      // Nobody is left to wait for it.
      return new Promise(() => undefined);
    }
    return new Promise<T>((resolve, reject) => {
      process.after(this.#rng.between(...there), () => {
        if (verdict.kind === 'fail-before' || verdict.kind === 'drop')
          return reject(failure(`simulated: ${port} refused`));
        answerOf(passage, verdict).then(
          (value) => {
            if (verdict.kind === 'crash-after') return actor.crash();
            if (verdict.kind === 'pause') this.#pause(actor, verdict.ms);
            const isUnknown = verdict.kind === 'lose-answer';
            if (isUnknown) passage.onUnknown?.();
            const late = verdict.kind === 'delay' ? verdict.ms : 0;
            process.after(late + this.#rng.between(...back), () =>
              isUnknown ? reject(failure('simulated: the answer was lost')) : resolve(value),
            );
            return undefined;
          },
          (error: unknown) => process.after(1, () => reject(error)),
        );
        return undefined;
      });
    });
  }

  #pause({ process }: Actor, ms: number): void {
    process.freeze();
    this.#time.after(ms, () => process.thaw());
  }
}

async function answerOf<T>({ apply, stale, contended }: Passage<T>, verdict: Verdict): Promise<T> {
  if (verdict.kind === 'contention' && contended !== undefined) return contended;
  const old = verdict.kind === 'stale' ? stale?.(verdict.age) : undefined;
  return old ?? apply();
}
