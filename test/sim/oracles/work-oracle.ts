import type { Change } from '#adapters/sqlite/change-feed.ts';
import type { CommitOutcome, StateStore } from '#control/ports.ts';
import type { MessageBus } from '../ports/message-bus.ts';
import type { Oracle, Watched } from './oracle.ts';

const STEP_MS = 10_000;
const STEPS = 6;
const MAX_RETRIES = 0.1;
/** Below so many first tries a share says nothing. */
const ENOUGH = 100;
/** A message that may be received is received this soon when nothing fails. */
const PROMPT_MS = 60_000;

interface Step {
  readonly beganAt: number;
  tries: number;
  retries: number;
}

/**
 * S12 and S16. A conflict makes its reader read again, so that is what is counted as a retry; while faults are injected
 * neither their retries nor the messages they make impossible to handle say anything.
 */
export class WorkOracle implements Oracle {
  readonly #watched: Watched;
  readonly #bus: MessageBus;
  /** Writes other than leases since the last reset. */
  writes: string[] = [];
  #steps: Step[] = [];
  #givenUp: number | undefined;

  constructor(watched: Watched, bus: MessageBus) {
    this.#watched = watched;
    this.#bus = bus;
  }

  /** Counts every call that reaches the store. */
  counting(store: StateStore): StateStore {
    const counted = async <T>(call: Promise<T>): Promise<T> => {
      const answer = await call;
      if (this.#watched.world.isCalm) this.#count((answer as CommitOutcome | undefined)?.kind === 'conflict');
      return answer;
    };
    return {
      get: (key) => counted(store.get(key)),
      getMany: (keys) => counted(store.getMany(keys)),
      query: (query) => counted(store.query(query)),
      queryIndex: (query) => counted(store.queryIndex(query)),
      transact: (writes) => counted(store.transact(writes)),
    };
  }

  stored({ key, new: item, old }: Change): void {
    const kind = item?.kind ?? old?.kind;
    if (kind !== 'lease') this.writes.push(`${kind} ${key.pk} ${key.sk}`);
  }

  look(): void {
    const { world } = this.#watched;
    if (!world.isCalm) return;
    const tries = this.#steps.reduce((sum, step) => sum + step.tries, 0);
    const retries = this.#steps.reduce((sum, step) => sum + step.retries, 0);
    if (tries >= ENOUGH && retries > MAX_RETRIES * tries)
      world.violated('S12', `${retries} retries beside ${tries} first tries within a minute`);
    this.#checkMessages();
  }

  #checkMessages(): void {
    const { world } = this.#watched;
    const queues = Object.values(this.#bus.queues);
    const givenUp = queues.reduce((sum, queue) => sum + queue.deadLetters.length, this.#bus.streamFailures.length);
    this.#givenUp ??= givenUp;
    if (givenUp > this.#givenUp) world.violated('S16', 'a message was given up although nothing failed');
    const ignored = queues.reduce((sum, queue) => sum + queue.visibleFor(PROMPT_MS), 0);
    if (ignored > 0) world.violated('S16', `${ignored} messages are neither handled nor given up`);
  }

  #count(isRetry: boolean): void {
    const { elapsed } = this.#watched.world.time;
    let step = this.#steps.at(-1);
    if (!step || elapsed - step.beganAt >= STEP_MS) {
      step = { beganAt: elapsed, tries: 0, retries: 0 };
      this.#steps = [...this.#steps, step].slice(-STEPS);
    }
    if (isRetry) step.retries += 1;
    else step.tries += 1;
  }
}
