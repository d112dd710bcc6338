import type { Service } from '#core/model/service.ts';
import type { Task } from '#core/model/task.ts';
import { desiredCountOf } from '#core/service/desired-count.ts';
import { serviceLimits } from '#core/service/limits.ts';
import type { Committed } from './committed-world.ts';
import { type Oracle, short, type Watched } from './oracle.ts';

/** S3, S4, S5, S14 and S15 of services, at every commit. */
export class ServiceOracle implements Oracle {
  readonly #watched: Watched;
  /** Number of each service's newest event. */
  readonly #events = new Map<string, number>();

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  changed(change: Committed): void {
    if (change.kind === 'task') this.#task(change.now, change.old);
    if (change.kind === 'service') this.#service(change.now, change.old);
    if (change.kind === 'service-event') this.#event(change.service, change.now.sequence);
    if (change.kind === 'service-state') this.#counted(change.now.name, change.now.eventSequence);
  }

  #task(task: Task, old: Task | undefined): void {
    const { committed } = this.#watched;
    const service = task.slot && committed.services.get(task.slot.service);
    if (!service) return;
    if (!old) this.#made(service, task);
    const isVoluntary = old?.desiredStatus === 'RUNNING' && task.stop?.code === 'ServiceSchedulerInitiated';
    if (task.desiredStatus !== 'STOPPED' || !isVoluntary) return;
    if (committed.isHealthy(task.taskId)) this.#stopped(task, service);
    else if (committed.observations.get(task.taskId)?.status === 'RUNNING') this.#cured(task, service);
  }

  /** What is UNHEALTHY is nobody the minimum protects, but it counts as running as long as it does. */
  #cured({ taskId }: Task, service: Service): void {
    const running = this.#watched.committed.running(service.name);
    const { minimum } = serviceLimits(service);
    if (running < minimum)
      this.#fail(
        'S4',
        `stopping unhealthy ${short(taskId)} leaves ${running} running tasks of ${service.name}, ${minimum} are needed`,
      );
  }

  #made(service: Service, task: Task): void {
    if (service.scheduler === 'daemons') {
      this.#pinned(service, task);
      return;
    }
    const wanted = this.#watched.committed.wanted(service.name).size;
    const { maximum } = serviceLimits(service);
    if (wanted > maximum)
      this.#fail('S3', `service ${service.name} wants ${wanted} tasks, at most ${maximum} are allowed`);
    if (service.status !== 'ACTIVE') this.#fail('S14', `service ${service.name} is ${service.status} and got a task`);
  }

  /** S3 of daemons: a machine never has two tasks of one, of whatever deployment, until the older is known to be gone. */
  #pinned({ name, status }: Service, { taskId, pinnedTo, slot }: Task): void {
    const { tasks, observations } = this.#watched.committed;
    const twin = [...tasks.values()].find(
      (other) =>
        other.taskId !== taskId &&
        other.slot?.service === slot?.service &&
        other.pinnedTo === pinnedTo &&
        observations.get(other.taskId)?.status !== 'STOPPED',
    );
    if (pinnedTo === undefined) this.#fail('S3', `task ${short(taskId)} of daemon ${name} may run anywhere`);
    if (twin) this.#fail('S3', `daemon ${name} gets ${short(taskId)} beside ${short(twin.taskId)} on one machine`);
    if (status !== 'ACTIVE') this.#fail('S14', `service ${name} is ${status} and got a task`);
  }

  #stopped({ taskId }: Task, service: Service): void {
    const { committed } = this.#watched;
    const healthy = committed.healthy(service.name);
    const desiredCount = desiredCountOf(service, committed.serviceStates.get(service.name));
    const { minimum } = serviceLimits({ ...service, desiredCount });
    if (healthy < minimum)
      this.#fail(
        'S4',
        `stopping ${short(taskId)} leaves ${healthy} healthy tasks of ${service.name}, ${minimum} are needed`,
      );
  }

  #service(service: Service, old: Service | undefined): void {
    if (!old) return;
    if (service.generation < old.generation)
      this.#fail('S5', `service ${service.name} fell back to an older generation`);
    const isRevived = old.status !== 'ACTIVE' && service.status === 'ACTIVE';
    if (isRevived && (old.status === 'DRAINING' || service.createdAt === old.createdAt))
      this.#fail('S14', `service ${service.name} came back from ${old.status}`);
  }

  #event(service: string, sequence: number): void {
    const last = this.#events.get(service) ?? 0;
    if (sequence !== last + 1) this.#fail('S15', `service ${service}: event ${sequence} follows event ${last}`);
    this.#events.set(service, sequence);
  }

  #counted(service: string, sequence: number): void {
    const last = this.#watched.committed.eventSequences.get(service) ?? 0;
    if (sequence !== last) this.#fail('S15', `service ${service} counts ${sequence} events, ${last} were written`);
  }

  #fail(invariant: string, story: string): void {
    this.#watched.world.violated(invariant, story);
  }
}
