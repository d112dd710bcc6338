import type { Task } from '#core/model/task.ts';
import type { Committed } from './committed-world.ts';
import { type Oracle, short, type Watched } from './oracle.ts';

/** S5 and S6: what was acknowledged stands, and each client token has one effect. */
export class IntentOracle implements Oracle {
  readonly #watched: Watched;
  /** Newest acknowledged generation of each service. */
  readonly #generations = new Map<string, number>();
  /** How many tasks an answer promised under a client token. */
  readonly #promised = new Map<string, number>();
  readonly #made = new Map<string, number>();
  readonly #stopped = new Set<string>();

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  changed(change: Committed): void {
    if (change.kind === 'task' && !change.old) this.#task(change.now);
  }

  acknowledgedService(name: string, generation: number): void {
    this.#generations.set(name, Math.max(generation, this.#generations.get(name) ?? 0));
    this.#checkService(name);
  }

  acknowledgedTasks(token: string, taskIds: readonly string[]): void {
    const known = this.#promised.get(token);
    if (known !== undefined && known !== taskIds.length)
      this.#fail('S6', `token ${token} answered ${known} tasks, then ${taskIds.length}`);
    this.#promised.set(token, taskIds.length);
    const missing = taskIds.find((taskId) => !this.#watched.committed.tasks.has(taskId));
    if (missing !== undefined) this.#fail('S5', `task ${short(missing)} was acknowledged and does not exist`);
  }

  acknowledgedStop(taskId: string): void {
    this.#stopped.add(taskId);
    this.#checkStop(taskId);
  }

  /** Everything acknowledged so far, against what is committed now. */
  check(): void {
    for (const name of this.#generations.keys()) this.#checkService(name);
    for (const taskId of this.#stopped) this.#checkStop(taskId);
    for (const [token, count] of this.#promised) {
      const made = this.#made.get(token) ?? 0;
      if (made !== count) this.#fail('S6', `token ${token} made ${made} tasks instead of ${count}`);
    }
  }

  #task({ clientToken, requestCount = 0 }: Task): void {
    if (clientToken === undefined) return;
    const made = (this.#made.get(clientToken) ?? 0) + 1;
    this.#made.set(clientToken, made);
    if (made > requestCount) this.#fail('S6', `token ${clientToken} made ${made} tasks instead of ${requestCount}`);
  }

  #checkService(name: string): void {
    const now = this.#watched.committed.services.get(name)?.generation ?? 0;
    const acknowledged = this.#generations.get(name) ?? 0;
    if (now < acknowledged)
      this.#fail('S5', `service ${name}: generation ${acknowledged} was acknowledged, ${now} stands`);
  }

  #checkStop(taskId: string): void {
    const task = this.#watched.committed.tasks.get(taskId);
    if (task && task.desiredStatus !== 'STOPPED')
      this.#fail('S5', `the stop of ${short(taskId)} was acknowledged, and it is wanted`);
  }

  #fail(invariant: string, story: string): void {
    this.#watched.world.violated(invariant, story);
  }
}
