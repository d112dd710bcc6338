import type { Scheduler } from './scheduler.ts';

/**
 * One simulated operating system process. All that wakes it passes through `wake`, so that killing it makes every
 * promise it waits for stay open for ever, and freezing it holds them back until it is thawed.
 */
export class Process {
  readonly #time: Scheduler;
  readonly #held: (() => void)[] = [];
  readonly #mourners = new Set<() => void>();
  #state: 'running' | 'frozen' | 'dead' = 'running';

  constructor(time: Scheduler) {
    this.#time = time;
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  get isFrozen(): boolean {
    return this.#state === 'frozen';
  }

  kill(): void {
    this.#state = 'dead';
    this.#held.length = 0;
    for (const run of this.#mourners) this.#time.after(0, run);
    this.#mourners.clear();
  }

  /** Runs once the process is killed; returns how to forget it. */
  whenKilled(run: () => void): () => void {
    this.#mourners.add(run);
    return () => void this.#mourners.delete(run);
  }

  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen';
  }

  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    for (const run of this.#held.splice(0)) this.#time.after(0, () => this.wake(run));
  }

  wake(run: () => void): void {
    if (this.#state === 'running') run();
    else if (this.#state === 'frozen') this.#held.push(run);
  }

  after(ms: number, run: () => void): () => void {
    return this.#time.after(ms, () => this.wake(run));
  }
}
