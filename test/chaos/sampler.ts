import { setTimeout as pause } from 'node:timers/promises';
import { timingsAt } from '#core/timings.ts';
import { type Committed, CommittedReader } from './committed.ts';
import type { Promises } from './promises.ts';
import type { Reality } from './reality.ts';
import type { MachineView, Oracle, Sample } from './sample.ts';

export const SAMPLE_MS = 250;

export interface SamplerOptions {
  readonly dataDir: string;
  readonly reality: Reality;
  readonly oracles: readonly Oracle[];
  readonly promises: Promises;
  readonly killed: ReadonlySet<string>;
  readonly timeScale: number;
  readonly machines: () => readonly MachineView[];
  readonly servingSince: () => number | undefined;
  /** How far the control plane's clock is off, in ms. */
  readonly clockOffset: () => number;
  readonly onViolation: (invariant: string, story: string) => void;
  /** A look that failed: the engine or the file did not answer. */
  readonly onBlind: (why: string) => void;
}

/** Looks at what runs and at what is committed, four times a second, and asks every oracle. */
export class Sampler {
  readonly #options: SamplerOptions;
  readonly #reader: CommittedReader;
  readonly #seen = new Set<string>();
  #before: Sample | undefined;
  #stopped = false;
  #running: Promise<void> = Promise.resolve();
  samples = 0;
  blind = 0;
  /** Every task that was ever seen running. */
  readonly started = new Set<string>();

  constructor(options: SamplerOptions) {
    this.#options = options;
    this.#reader = new CommittedReader(options.dataDir);
  }

  get newest(): Sample | undefined {
    return this.#before;
  }

  /** The store alone, now. */
  committed(): Committed {
    return this.#reader.read();
  }

  start(): void {
    this.#running = this.#loop();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #loop(): Promise<void> {
    let due = performance.now();
    while (!this.#stopped) {
      try {
        await this.#look(performance.now() - due > SAMPLE_MS * 3);
      } catch (error) {
        this.blind += 1;
        this.#options.onBlind(error instanceof Error ? error.message : String(error));
      }
      due = Math.max(due + SAMPLE_MS, performance.now());
      await pause(due - performance.now());
    }
  }

  async #look(isStarved: boolean): Promise<void> {
    const { reality, oracles, promises, killed, timeScale, machines, servingSince, clockOffset } = this.#options;
    const at = performance.now();
    const containers = await reality.look((id) => this.#before?.committed.registrations.get(id)?.hostname);
    const sample: Sample = {
      at,
      containers,
      committed: this.#reader.read(),
      now: Date.now() + clockOffset(),
      machines: machines(),
      servingSince: servingSince(),
      timings: timingsAt(timeScale),
      promises,
      killed,
      isStarved,
    };
    for (const { name, isRunning } of containers) if (isRunning) this.started.add(name);
    for (const oracle of oracles) {
      for (const story of oracle.look(sample, this.#before)) this.#tell(oracle.invariant, story);
    }
    this.#before = sample;
    this.samples += 1;
  }

  /** A lasting violation is one violation. */
  #tell(invariant: string, story: string): void {
    const name = `${invariant} ${story.replace(/\d+ ms/, '')}`;
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    this.#options.onViolation(invariant, story);
  }
}
