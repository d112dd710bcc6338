import type { SimAgent } from '../world/sim-agent.ts';
import { type Oracle, type RealContainer, short, type Watched } from './oracle.ts';

/** S10: how long a container without an assignment may go on once its agent is heard from. */
const ORPHAN_MS = 60_000;

/** S1, S10, S11 and R8 against the containers that are really there. */
export class ContainerOracle implements Oracle {
  readonly #watched: Watched;
  readonly #began = new Set<string>();
  /** Since when a running container is nobody's, and its agent could know. */
  readonly #orphans = new Map<string, number>();

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  created(container: RealContainer, others: readonly RealContainer[]): void {
    const twin = others[0];
    if (twin)
      this.#fail(
        'S1',
        `${short(container.task)}.${container.epoch} is on ${container.agent.name} and on ${twin.agent.name}`,
      );
  }

  started({ agent, task, epoch, container }: RealContainer): void {
    const once = `${agent.name} ${task}.${epoch}.${container}`;
    if (this.#began.has(once)) this.#fail('R8', `${agent.name} started ${short(task)}.${epoch} a second time`);
    this.#began.add(once);
  }

  /**
   * S11: only a stop that was asked for, a task that is confirmed not to be the machine's, or the fence ends a container.
   */
  stopped({ agent, name, task, instance, fenced }: RealContainer): void {
    if (fenced && agent.watchdog.isOver) return;
    // It started although its agent was told that it did not: ending it is the agent's duty.
    if (this.#watched.world.failedStarts.has(name)) return;
    // A machine that lost its identity is another one now; what the old one ran is confirmed not to be its own.
    if (agent.lastInstanceId !== instance) return;
    const { tasks, observations, reservations } = this.#watched.committed;
    const isWanted = tasks.get(task)?.desiredStatus === 'RUNNING' && observations.get(task)?.status !== 'STOPPED';
    const isHeld = reservations.get(instance)?.tasks.some((held) => held.taskId === task && !held.stop);
    if (isWanted && isHeld) this.#fail('S11', `${agent.name} stopped ${short(task)}, which it was to run`);
  }

  look(): void {
    const { world, reality } = this.#watched;
    const now = world.time.elapsed;
    for (const [name, container] of reality.running) {
      if (!this.#isOrphan(container) || !isInContact(container.agent, now, world.isOutage)) {
        this.#orphans.delete(name);
        continue;
      }
      const since = this.#orphans.get(name) ?? now;
      this.#orphans.set(name, since);
      if (now - since > ORPHAN_MS)
        this.#fail('S10', `${container.agent.name} still runs ${short(container.task)}, which is nobody's`);
    }
  }

  #isOrphan({ task, instance }: RealContainer): boolean {
    return !this.#watched.committed.isHeld(instance, task);
  }

  #fail(invariant: string, story: string): void {
    this.#watched.world.violated(invariant, story);
  }
}

/** True while the agent's calls reach the control plane and their answers reach it. */
export const isInContact = (agent: SimAgent, now: number, isOutage: boolean): boolean =>
  agent.isServing && agent.link.outbound && agent.link.inbound && !isOutage && (agent.leaseUntil ?? 0) > now;
