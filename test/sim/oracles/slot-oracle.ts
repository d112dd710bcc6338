import type { SlotChunk, SlotRecord } from '#core/model/service.ts';
import type { Task } from '#core/model/task.ts';
import { timingsAt } from '#core/timings.ts';
import { type Committed, slotKey } from './committed-world.ts';
import { type Oracle, short, type Watched } from './oracle.ts';

const { crashBackoff, crashBackoffMax, crashReset, startBackoffMax } = timingsAt();

/** S7 of tasks and slots, and L6, at every commit. */
export class SlotOracle implements Oracle {
  readonly #watched: Watched;
  readonly #made = new Set<string>();
  readonly #epochs = new Map<string, number>();

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  changed(change: Committed): void {
    if (change.kind === 'task' && change.old) this.#task(change.now, change.old);
    if (change.kind === 'task' && !change.old) this.#newTask(change.now);
    if (change.kind === 'slot-chunk') this.#chunk(change.now, change.old);
  }

  #task(task: Task, old: Task): void {
    const name = short(task.taskId);
    if (old.desiredStatus === 'STOPPED' && task.desiredStatus === 'RUNNING')
      this.#fail('S7', `task ${name} is wanted again`);
    if (old.epoch !== task.epoch) this.#fail('S7', `task ${name} changed its epoch`);
    if (old.assignment && task.assignment?.instanceId !== old.assignment.instanceId)
      this.#fail('S7', `task ${name} moved from ${short(old.assignment.instanceId)} to ${task.assignment?.instanceId}`);
  }

  #newTask({ taskId, slot, epoch }: Task): void {
    if (this.#made.has(taskId)) this.#fail('S7', `task ${short(taskId)} was made a second time`);
    this.#made.add(taskId);
    if (!slot) return;
    const now = this.#watched.committed.slotEpochs.get(slotKey(slot.service, slot.deployment, slot.index)) ?? 0;
    if (now !== epoch) this.#fail('S7', `task ${short(taskId)} is of epoch ${epoch}, its slot is at ${now}`);
  }

  #chunk(chunk: SlotChunk, old: SlotChunk | undefined): void {
    for (const slot of chunk.slots) {
      const key = slotKey(chunk.service, chunk.deployment, slot.index);
      const before = this.#epochs.get(key) ?? 0;
      if (slot.epoch < before) this.#fail('S7', `slot ${key} went back to epoch ${slot.epoch}`);
      this.#epochs.set(key, slot.epoch);
      const was = old?.slots.find(({ index }) => index === slot.index);
      this.#backOff(key, slot, was);
    }
  }

  /** L6: a slot of a new deployment has no failures, and a long healthy run forgets those before it. */
  #backOff(key: string, slot: SlotRecord, was: SlotRecord | undefined): void {
    const now = this.#watched.world.time.now();
    const isHealthyRun = was?.runningSince !== undefined && now - was.runningSince >= crashReset + 60_000;
    const most = was === undefined ? 0 : isHealthyRun && slot.failures > was.failures ? 1 : was.failures + 1;
    if (slot.failures > most)
      this.#fail('L6', `slot ${key} counts ${slot.failures} failures, at most ${most} are its own`);
    const longest = was?.runningSince === undefined ? startBackoffMax : crashBackoffMax;
    const delay = Math.min(longest, crashBackoff * 2 ** Math.max(0, slot.failures - 1));
    if (slot.notBefore !== undefined && slot.notBefore - now > delay)
      this.#fail('L6', `slot ${key} backs off for ${slot.notBefore - now} ms after ${slot.failures} failures`);
  }

  #fail(invariant: string, story: string): void {
    this.#watched.world.violated(invariant, story);
  }
}
