import type { SlotChunk, SlotRecord } from '#core/model/service.ts';
import type { Slot, Task } from '#core/model/task.ts';
import { chunkOf, findSlot, withSlot } from '#core/service/slots.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Expectation, Write } from '../ports.ts';
import { check, put, readMany, remove, slotChunks, type Versioned } from '../records.ts';

interface Held {
  /** Absent for a chunk this edit makes. */
  readonly before?: SlotChunk;
  readonly after: SlotChunk;
  readonly expect: Expectation;
}

type ChunkName = Pick<SlotChunk, 'service' | 'deployment' | 'chunk'>;
const nameOf = ({ service, deployment, chunk }: ChunkName): string => `${service}/${deployment}/${chunk}`;
const chunkNameOf = (slot: Slot): ChunkName => ({ ...slot, chunk: chunkOf(slot.index) });

/**
 * The slot chunks one transaction touches: read once, changed in memory by pure transitions, written once.
 * Invariant: a task's start or stop and the change of its slot commit together, so a chunk never lies about what is
 * wanted.
 */
export class SlotChunkEdit {
  readonly #cluster: string;
  readonly #chunks: Map<string, Held>;

  private constructor(cluster: string, chunks: Map<string, Held>) {
    this.#cluster = cluster;
    this.#chunks = chunks;
  }

  /** Over chunks that were read already. */
  static over(cluster: string, chunks: readonly Versioned<SlotChunk>[]): SlotChunkEdit {
    const held = chunks.map(({ value, version }): [string, Held] => [
      nameOf(value),
      { before: value, after: value, expect: version },
    ]);
    return new SlotChunkEdit(cluster, new Map(held));
  }

  /** Reads the chunks of these tasks; standalone tasks have none. */
  static async open(
    deps: Pick<Dependencies, 'store'>,
    cluster: string,
    tasks: readonly Task[],
  ): Promise<SlotChunkEdit> {
    const names = new Map(
      tasks.flatMap(({ slot }) => (slot ? [[nameOf(chunkNameOf(slot)), chunkNameOf(slot)] as const] : [])),
    );
    const found = await readMany(
      deps.store,
      slotChunks,
      [...names.values()].map((name) => ({ ...name, cluster })),
    );
    return SlotChunkEdit.over(
      cluster,
      found.filter((chunk) => chunk !== undefined),
    );
  }

  /** Applies a transition to the chunk of a task's slot. A chunk that is gone needs no change. */
  change(
    task: Pick<Task, 'slot' | 'epoch'>,
    transition: (chunk: SlotChunk, index: number, epoch: number) => SlotChunk,
  ): void {
    const held = task.slot && this.#chunks.get(nameOf(chunkNameOf(task.slot)));
    if (!held || !task.slot) return;
    const after = transition(held.after, task.slot.index, task.epoch);
    this.#chunks.set(nameOf(held.after), { ...held, after });
  }

  /** Puts a slot's record, making its chunk when it is the first of it. */
  set(slot: Slot, record: SlotRecord): void {
    const name = chunkNameOf(slot);
    const held = this.#chunks.get(nameOf(name)) ?? {
      after: { cluster: this.#cluster, ...name, slots: [], failedTasks: 0 },
      expect: 'absent',
    };
    this.#chunks.set(nameOf(name), { ...held, after: withSlot(held.after, record) });
  }

  /** The slot as it will be committed. */
  slot(slot: Slot | undefined): SlotRecord | undefined {
    const held = slot && this.#chunks.get(nameOf(chunkNameOf(slot)));
    return held && slot && findSlot(held.after, slot.index);
  }

  /** The puts of every chunk that changed. */
  writes(): readonly Write[] {
    return [...this.#chunks.values()]
      .filter(({ before, after }) => before !== after)
      .map(({ after, expect }) => put(slotChunks, idOf(after), after, expect));
  }

  /** Rule R18: checks of the chunks whose running tasks a healthy stop relies on and which it does not write. */
  healthChecks(limit: number): readonly Write[] {
    return [...this.#chunks.values()]
      .filter(({ before, after }) => before === after && after.slots.some(({ phase }) => phase === 'running'))
      .slice(0, Math.max(0, limit))
      .map(({ after, expect }) => check(slotChunks, idOf(after), expect));
  }

  /** The deletion of a chunk whose deployment is over, and the edit without it. */
  drop(name: ChunkName): Write | undefined {
    const held = this.#chunks.get(nameOf(name));
    this.#chunks.delete(nameOf(name));
    return held && typeof held.expect === 'number' ? remove(slotChunks, idOf(held.after), held.expect) : undefined;
  }

  /** The edit to go on with after its writes were committed. */
  committed(): SlotChunkEdit {
    const next = [...this.#chunks.values()].map(({ before, after, expect }): Versioned<SlotChunk> => {
      const version = expect === 'absent' ? 0 : expect;
      return { value: after, version: before === after ? version : version + 1 };
    });
    return SlotChunkEdit.over(this.#cluster, next);
  }
}

const idOf = ({ cluster, service, deployment, chunk }: SlotChunk) => ({ cluster, service, deployment, chunk });
