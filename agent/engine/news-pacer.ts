import type { Timers } from '../ports.ts';

/** News of pods within this long of each other share a heartbeat, but for the first. */
const GAP_MS = 1_000;

/** A pod's containers may come and go, or be ready and not, as often as they like: what they do is told at a steady pace. */
export class NewsPacer {
  readonly #timers: Timers;
  readonly #onNews: () => void;
  #resting = false;
  #waiting = false;

  constructor(timers: Timers, onNews: () => void) {
    this.#timers = timers;
    this.#onNews = onNews;
  }

  tell(): void {
    if (this.#resting) {
      this.#waiting = true;
      return;
    }
    this.#resting = true;
    this.#onNews();
    this.#timers.after(GAP_MS, () => {
      this.#resting = false;
      if (!this.#waiting) return;
      this.#waiting = false;
      this.tell();
    });
  }
}
