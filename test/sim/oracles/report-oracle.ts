import type { TaskObservation } from '#core/model/task.ts';
import { isForward } from '#core/task/observed-status.ts';
import type { HeartbeatRequest } from '#events/agent-wire.ts';
import type { WiredAgent } from '../ports/wiring.ts';
import type { Committed } from './committed-world.ts';
import { type Oracle, type RealContainer, short, type Watched } from './oracle.ts';

interface Saying {
  readonly agent: WiredAgent;
  readonly booksLost: number;
  readonly restarts: number;
}

/**
 * S7 and S8 of reports, and S14 of containers: an agent says STOPPED only when nothing of the task runs and nothing
 * can start any more (R9), whether or not anybody heard it.
 */
export class ReportOracle implements Oracle {
  readonly #watched: Watched;
  /** Tasks whose own agent said that they are over. */
  readonly #over = new Map<string, Saying>();
  /** Tasks of which a container ever started. */
  readonly #began = new Set<string>();

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  changed(change: Committed): void {
    if (change.kind === 'observation') this.#observation(change.now, change.old);
  }

  started({ agent, task, group }: RealContainer): void {
    const said = this.#over.get(task);
    const isHeard = this.#watched.committed.observations.get(task)?.status === 'STOPPED';
    const isForgotten = said !== undefined && !isHeard && this.#mayForget(said, task);
    this.#began.add(task);
    if (!said || isForgotten) return;
    const service = this.#watched.committed.services.get(group.replace('service:', ''));
    const isDeleted = service !== undefined && service.status !== 'ACTIVE';
    this.#fail(isDeleted ? 'S14' : 'S7', `${agent.name} starts ${short(task)}, which it had reported STOPPED`);
  }

  /** What an agent says is true at the moment it says it. */
  sent(agent: WiredAgent, { reports }: HeartbeatRequest): void {
    for (const { taskId, epoch, status } of reports) {
      if (status !== 'STOPPED' || this.#over.has(taskId)) continue;
      this.#over.set(taskId, { agent, booksLost: agent.booksLost, restarts: agent.restarts });
      const isRunning = [...this.#watched.reality.running.values()].some(
        (container) => container.agent.name === agent.name && container.task === taskId && container.epoch === epoch,
      );
      if (isRunning) this.#fail('S7', `${agent.name} reports ${short(taskId)} STOPPED, yet runs it`);
    }
  }

  /**
   * What nobody heard is forgotten with the task book. A task that failed before anything of it ran is not in the book when
   * the disk refused just then: after a restart its agent may begin what it never had begun.
   */
  #mayForget({ agent, booksLost, restarts }: Saying, task: string): boolean {
    return booksLost < agent.booksLost || (restarts < agent.restarts && !this.#began.has(task));
  }

  #observation(seen: TaskObservation, old: TaskObservation | undefined): void {
    const name = short(seen.taskId);
    if (old && old.status !== seen.status && !isForward(old.status, seen.status))
      this.#fail('S7', `task ${name} went back from ${old.status} to ${seen.status}`);
    this.#checkSource(seen);
  }

  #checkSource(seen: TaskObservation): void {
    const name = short(seen.taskId);
    const { tasks, reservations } = this.#watched.committed;
    const task = tasks.get(seen.taskId);
    if (task && task.epoch !== seen.epoch)
      this.#fail('S8', `task ${name}: a report of epoch ${seen.epoch} was accepted`);
    if (seen.instanceId === undefined) return;
    if (task && task.assignment?.instanceId !== seen.instanceId)
      this.#fail('S8', `task ${name}: a report of ${short(seen.instanceId)} was accepted, which does not hold it`);
    const epoch = reservations.get(seen.instanceId)?.agentEpoch;
    if (epoch !== undefined && seen.agentEpoch !== epoch)
      this.#fail('S8', `task ${name}: a report of agent epoch ${seen.agentEpoch} was accepted, ${epoch} is current`);
  }

  #fail(invariant: string, story: string): void {
    this.#watched.world.violated(invariant, story);
  }
}
