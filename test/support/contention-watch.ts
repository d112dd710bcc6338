import type { Change } from '#adapters/sqlite/change-feed.ts';
import type { Reservation } from '#core/model/container-instance.ts';
import type { Task } from '#core/model/task.ts';
import { type Committed, CommittedWorld, slotKey } from '#test/sim/oracles/committed-world.ts';
import { short, type Watched } from '#test/sim/oracles/oracle.ts';
import { ServiceOracle } from '#test/sim/oracles/service-oracle.ts';

/**
 * Follows every write of a stack and notes what breaks an invariant: S3, S4, S5, S14 and S15 of services, S7 and S9 of
 * tasks and machines, and that no slot ever wants two tasks. Writes of one transaction are looked at one by one: a plan
 * writes its stops before its starts, so nothing passes a bound in between.
 */
export class ContentionWatch {
  readonly violations: string[] = [];
  readonly committed = new CommittedWorld();
  changes = 0;
  readonly #services: ServiceOracle;
  /** The task each slot wants now. */
  readonly #bySlot = new Map<string, string>();

  constructor() {
    const violated = (invariant: string, story: string): void => void this.violations.push(`${invariant}: ${story}`);
    this.#services = new ServiceOracle({ world: { violated }, committed: this.committed } as unknown as Watched);
  }

  take(changes: readonly Change[]): void {
    for (const change of changes) {
      this.changes += 1;
      const folded = this.committed.fold(change);
      if (!folded) continue;
      // The state counts its events before the same transaction writes them.
      if (folded.kind !== 'service-state') this.#services.changed(folded);
      if (folded.kind === 'task') this.#task(folded.now, folded.old);
      if (folded.kind === 'observation') this.#observation(folded);
      if (folded.kind === 'reservation') this.#reservation(folded.now);
    }
  }

  #task(task: Task, old: Task | undefined): void {
    const name = short(task.taskId);
    if (old?.desiredStatus === 'STOPPED' && task.desiredStatus === 'RUNNING')
      this.#fail(`S7: task ${name} is wanted again`);
    if (old?.assignment && old.assignment.instanceId !== task.assignment?.instanceId)
      this.#fail(`S7: task ${name} moved`);
    if (!task.slot) return;
    const slot = slotKey(task.slot.service, task.slot.deployment, task.slot.index);
    const holder = this.#bySlot.get(slot);
    if (task.desiredStatus === 'STOPPED' && holder === task.taskId) this.#bySlot.delete(slot);
    if (task.desiredStatus !== 'RUNNING') return;
    const isAnother = holder !== undefined && holder !== task.taskId && this.committed.tasks.has(holder);
    if (isAnother && this.committed.observations.get(holder)?.status !== 'STOPPED')
      this.#fail(`S1: slot ${slot} wants ${short(holder)} and ${name}`);
    this.#bySlot.set(slot, task.taskId);
  }

  #observation({ now, old }: Extract<Committed, { readonly kind: 'observation' }>): void {
    if (old?.status === 'STOPPED' && now.status !== 'STOPPED')
      this.#fail(`S7: task ${short(now.taskId)} went back from STOPPED to ${now.status}`);
  }

  #reservation({ instanceId, total, tasks }: Reservation): void {
    const cpu = tasks.reduce((sum, held) => sum + held.cpu, 0);
    const memory = tasks.reduce((sum, held) => sum + held.memory, 0);
    if (cpu > total.cpu || memory > total.memory) this.#fail(`S9: instance ${short(instanceId)} is overbooked`);
    if (new Set(tasks.map(({ taskId }) => taskId)).size < tasks.length)
      this.#fail(`S9: instance ${short(instanceId)} holds a task twice`);
  }

  #fail(story: string): void {
    this.violations.push(story);
  }
}
