import type { Reservation } from '#core/model/container-instance.ts';
import type { HostPort } from '#core/model/resources.ts';
import type { Task } from '#core/model/task.ts';
import type { HeartbeatRequest } from '#events/agent-wire.ts';
import type { WiredAgent } from '../ports/wiring.ts';
import type { Committed } from './committed-world.ts';
import { type Oracle, short, type Watched } from './oracle.ts';

const nameOfPort = (port: HostPort): string => JSON.stringify(port);

/** S9 and S7 of machines, and R17, at every commit. */
export class ReservationOracle implements Oracle {
  readonly #watched: Watched;
  /** Agent epochs that listed their containers, by instance. */
  readonly #synced = new Map<string, number>();

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  changed(change: Committed): void {
    if (change.kind === 'reservation') this.#reservation(change.now, change.old);
    if (change.kind === 'task') this.#task(change.now, change.old);
  }

  sent(_agent: WiredAgent, { synced, agentEpoch }: HeartbeatRequest, instanceId: string): void {
    // Copies of one identity speak in turn, the older of them until it is turned away.
    if (synced) this.#synced.set(instanceId, Math.max(agentEpoch, this.#synced.get(instanceId) ?? 0));
  }

  /** R14: what is given to a machine is booked there in the same commit. */
  #task(task: Task, old: Task | undefined): void {
    const instanceId = task.assignment?.instanceId;
    if (instanceId === undefined || old?.assignment) return;
    if (!this.#watched.committed.isHeld(instanceId, task.taskId))
      this.#fail('S9', `task ${short(task.taskId)} was given to ${short(instanceId)}, which has no room booked for it`);
  }

  #reservation(now: Reservation, old: Reservation | undefined): void {
    const name = short(now.instanceId);
    if (old && now.agentEpoch < old.agentEpoch)
      this.#fail('S7', `instance ${name} went back to agent epoch ${now.agentEpoch}`);
    if (old && now.tasks === old.tasks) return;
    this.#room(now);
    const before = new Set(old?.tasks.map(({ taskId }) => taskId));
    const gained = now.tasks.filter(({ taskId }) => !before.has(taskId));
    for (const { taskId } of gained) {
      if (this.#watched.committed.tasks.get(taskId)?.assignment?.instanceId !== now.instanceId)
        this.#fail('S9', `instance ${name} holds ${short(taskId)}, which was not given to it`);
    }
    if (gained.length > 0 && this.#synced.get(now.instanceId) !== now.agentEpoch)
      this.#fail(
        'R17',
        `instance ${name} was given tasks before its agent epoch ${now.agentEpoch} listed its containers`,
      );
  }

  #room({ instanceId, total, tasks }: Reservation): void {
    const name = short(instanceId);
    let { cpu, memory } = total;
    for (const held of tasks) {
      cpu -= held.cpu;
      memory -= held.memory;
    }
    if (cpu < 0 || memory < 0) this.#fail('S9', `instance ${name} is overbooked`);
    if (new Set(tasks.map(({ taskId }) => taskId)).size < tasks.length)
      this.#fail('S9', `instance ${name} holds a task twice`);
    const ports = tasks.flatMap((held) => held.ports?.map(nameOfPort) ?? []);
    if (new Set(ports).size < ports.length) this.#fail('S9', `instance ${name} gives a host port to two tasks`);
  }

  #fail(invariant: string, story: string): void {
    this.#watched.world.violated(invariant, story);
  }
}
