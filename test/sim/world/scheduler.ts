/** Random numbers that repeat exactly for a seed (mulberry32). */
export class Rng {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 0x9e3779b1) >>> 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  pick<T>(choices: readonly T[]): T | undefined {
    return choices[this.below(choices.length)];
  }
}

interface Event {
  readonly at: number;
  readonly order: number;
  /** Gone when the event was cancelled. */
  run?: () => void;
}

const SETTLED = Promise.resolve();
const START = 1_700_000_000_000;

/** Virtual time: events run one by one, ordered by their time and then by when they were asked for. */
export class Scheduler {
  readonly #heap: Event[] = [];
  #elapsed = 0;
  #order = 0;
  events = 0;

  /** Milliseconds since the world began. */
  get elapsed(): number {
    return this.#elapsed;
  }

  /** Epoch ms, whole. */
  now(): number {
    return START + Math.round(this.#elapsed);
  }

  after(ms: number, run: () => void): () => void {
    const event: Event = { at: this.#elapsed + Math.max(0, ms), order: this.#order++, run };
    this.#push(event);
    return () => {
      delete event.run;
    };
  }

  /**
   * Runs everything due until `until` (elapsed ms) or until `isOver`.
   * An event ends when no microtask is left. Node runs its tick queue just then, so a tick that a microtask asks for
   * tells the end; a turn of the event loop would cost several times more than an event itself.
   */
  runUntil(until: number, isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        try {
          if (this.#runNext(until, isOver)) SETTLED.then(whenSettled, reject);
          else resolve();
        } catch (error) {
          reject(error);
        }
      };
      const whenSettled = (): void => process.nextTick(step);
      step();
    });
  }

  /** False when nothing more is due. */
  #runNext(until: number, isOver: () => boolean): boolean {
    for (;;) {
      const next = this.#heap[0];
      if (isOver()) return false;
      if (!next || next.at > until) {
        this.#elapsed = Math.max(this.#elapsed, until);
        return false;
      }
      this.#pop();
      if (!next.run) continue;
      this.#elapsed = next.at;
      this.events += 1;
      next.run();
      return true;
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent])) break;
      heap[at] = heap[parent] as Event;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (isBefore(heap[child + 1], heap[child])) child += 1;
      if (!isBefore(heap[child], last)) break;
      heap[at] = heap[child] as Event;
      at = child;
    }
    heap[at] = last;
  }
}

const isBefore = (left: Event | undefined, right: Event | undefined): boolean =>
  left !== undefined &&
  right !== undefined &&
  (left.at < right.at || (left.at === right.at && left.order < right.order));
