import { open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { timingsAt } from '#core/timings.ts';
import { type Committed, CommittedReader } from './committed.ts';
import type { Promises } from './promises.ts';
import type { Reality } from './reality.ts';
import type { MachineView, Oracle, Sample } from './sample.ts';

export const SAMPLE_MS = 250;
/** Half of the shortest heartbeat anybody runs this with. */
const STALL_MS = 400;

export interface SamplerOptions {
  readonly dataDir: string;
  readonly reality: Reality;
  readonly oracles: readonly Oracle[];
  readonly promises: Promises;
  readonly killed: ReadonlySet<string>;
  readonly timeScale: number;
  readonly machines: () => readonly MachineView[];
  readonly servingSince: () => number | undefined;
  readonly rightTimeSince: () => number | undefined;
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
  /** Looks at which the machine under all this had stood still. */
  stalls = 0;
  #slowDisk = false;
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
    this.#running = Promise.all([this.#loop(), this.#probe()]).then(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #loop(): Promise<void> {
    let due = performance.now();
    while (!this.#stopped) {
      try {
        const isStarved = this.#slowDisk || performance.now() - due > STALL_MS;
        this.#slowDisk = false;
        if (isStarved) this.stalls += 1;
        await this.#look(isStarved);
      } catch (error) {
        this.blind += 1;
        this.#options.onBlind(error instanceof Error ? error.message : String(error));
      }
      due = Math.max(due + SAMPLE_MS, performance.now());
      await pause(Math.max(0, due - performance.now()));
    }
  }

  /** Every commit of the store waits for the disk: when the disk is late, so is everything. */
  async #probe(): Promise<void> {
    const file = await open(path.join(this.#options.dataDir, '..', 'probe'), 'w');
    try {
      while (!this.#stopped) {
        const began = performance.now();
        await file.write('.', 0);
        await file.sync();
        if (performance.now() - began > STALL_MS) this.#slowDisk = true;
        await pause(SAMPLE_MS);
      }
    } finally {
      await file.close();
    }
  }

  async #look(isStarved: boolean): Promise<void> {
    const { reality, oracles, promises, killed, timeScale, machines, servingSince, clockOffset } = this.#options;
    const { rightTimeSince } = this.#options;
    const at = performance.now();
    const containers = await reality.look((id) => this.#before?.committed.registrations.get(id)?.hostname);
    const sample: Sample = {
      at,
      containers,
      committed: this.#reader.read(),
      now: Date.now() + clockOffset(),
      machines: machines(),
      servingSince: servingSince(),
      rightTimeSince: rightTimeSince(),
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
