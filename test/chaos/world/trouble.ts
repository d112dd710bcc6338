/** When something was done to one part; oracles ask it what they may expect of that part. Monotonic ms. */
export class Trouble {
  readonly #now: () => number;
  #open = 0;
  #lastEnd = Number.NEGATIVE_INFINITY;
  #lastBegin = Number.NEGATIVE_INFINITY;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Answers how to end it. */
  begin(): () => void {
    if (this.#open === 0) this.#lastBegin = this.#now();
    this.#open += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#open -= 1;
      this.#lastEnd = this.#now();
    };
  }

  get isOpen(): boolean {
    return this.#open > 0;
  }

  /** Since when nothing has been wrong; undefined while something is. */
  get clearSince(): number | undefined {
    return this.#open > 0 ? undefined : this.#lastEnd;
  }

  /** When the newest trouble began. */
  get lastBegin(): number {
    return this.#lastBegin;
  }

  get lastEnd(): number {
    return this.#lastEnd;
  }
}
