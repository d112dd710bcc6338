import type { TaskState } from '../engine/task-state.ts';
import type { AgentDisk, TaskBook, Tombstones } from './agent-disk.ts';

/** Rule R8: tombstones outlive anything the control plane could still say about a task. */
const TOMBSTONE_MS = 48 * 3_600_000;

/**
 * Writes the task book. Saves asked for while one is being written share the next write, so a burst of launches
 * costs a few flushes and not one each.
 */
export class BookKeeper {
  readonly #disk: AgentDisk;
  readonly #tasks: () => readonly TaskState[];
  readonly #owners: () => readonly string[];
  readonly #tombstones = new Map<string, number>();
  #writing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(disk: AgentDisk, tasks: () => readonly TaskState[], owners: () => readonly string[]) {
    this.#disk = disk;
    this.#tasks = tasks;
    this.#owners = owners;
  }

  /** The tasks of earlier lives; undefined when there is no book, or none that can be read. */
  async load(now: number): Promise<readonly TaskState[] | undefined> {
    const book = await this.#disk.loadBook();
    for (const [key, at] of Object.entries(book?.tombstones ?? {})) {
      if (now - at < TOMBSTONE_MS) this.#tombstones.set(key, at);
    }
    return book?.tasks;
  }

  hasTombstone(taskId: string, epoch: number): boolean {
    return this.#tombstones.has(tombstoneKey(taskId, epoch));
  }

  bury(taskId: string, epoch: number, now: number): void {
    for (const [key, at] of this.#tombstones) {
      if (now - at >= TOMBSTONE_MS) this.#tombstones.delete(key);
    }
    this.#tombstones.set(tombstoneKey(taskId, epoch), now);
  }

  /** Resolves once everything known when it was called is durable. */
  save(): Promise<void> {
    if (!this.#writing) return this.#write();
    this.#next ??= this.#writing.then(
      () => this.#write(),
      () => this.#write(),
    );
    return this.#next;
  }

  #write(): Promise<void> {
    this.#next = undefined;
    const writing = this.#disk.saveBook(this.#book()).finally(() => {
      if (this.#writing === writing) this.#writing = undefined;
    });
    this.#writing = writing;
    return writing;
  }

  #book(): TaskBook {
    const tombstones: Tombstones = Object.fromEntries(this.#tombstones);
    return { tasks: this.#tasks(), tombstones, owners: this.#owners() };
  }
}

const tombstoneKey = (taskId: string, epoch: number): string => `${taskId}.${epoch}`;
