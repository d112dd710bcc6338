import type { Change } from '#adapters/sqlite/change-feed.ts';
import { isLost } from '#control/instances/declare-lost.ts';
import type { Item, Key } from '#control/ports.ts';
import { asRecord, reservations } from '#control/records.ts';
import type { Lease, Reservation } from '#core/model/container-instance.ts';
import type { Service, SlotChunk } from '#core/model/service.ts';
import type { Task, TaskObservation } from '#core/model/task.ts';
import { isForward } from '#core/task/observed-status.ts';
import { timingsAt } from '#core/timings.ts';
import { differences, short } from './differences.ts';
import type { SimAgent } from './sim-agent.ts';
import type { SimContext } from './sim-context.ts';

const nameOf = ({ pk, sk }: Key): string => `${pk} ${sk}`;
/** Reservations are stored in a compact form of their own. */
const recordOf = <T>(item: Item | undefined): T | undefined =>
  (item?.kind === reservations.kind ? asRecord(reservations, item).value : item?.value) as T | undefined;
const { serverMargin, lease: LEASE, heartbeat: HEARTBEAT } = timingsAt();
const GRACE = LEASE + 2 * HEARTBEAT;

/** Holds what is committed beside what runs, and says at once where they break an invariant. */
export class Oracles {
  readonly #world: SimContext;
  readonly tasks = new Map<string, Task>();
  readonly observations = new Map<string, TaskObservation>();
  readonly services = new Map<string, Service>();
  readonly reservations = new Map<string, Reservation>();
  readonly leases = new Map<string, Lease>();
  readonly #slots = new Map<string, number>();
  readonly #started = new Set<string>();
  readonly #live = new Map<string, Set<string>>();
  readonly #agents: readonly SimAgent[];
  /** Writes other than leases since the last reset (S12). */
  writes: string[] = [];
  #isNemesisActing = false;

  constructor(world: SimContext, agents: readonly SimAgent[]) {
    this.#world = world;
    this.#agents = agents;
  }

  // ---- committed state ---------------------------------------------------------------------------------------------

  commit(changes: readonly Change[]): void {
    for (const change of changes) this.#fold(change);
    for (const change of changes) this.#check(change);
  }

  #fold({ key, new: item, old }: Change): void {
    const kind = item?.kind ?? old?.kind;
    if (kind !== 'lease') this.writes.push(`${kind} ${nameOf(key)}`);
    const put = <T>(map: Map<string, T>, id: (value: T) => string): void => {
      const value = recordOf<T>(item);
      const before = recordOf<T>(old);
      if (value !== undefined) map.set(id(value), value);
      else if (before !== undefined) map.delete(id(before));
    };
    if (kind === 'task') put(this.tasks, (task: Task) => task.taskId);
    if (kind === 'observation') put(this.observations, (seen: TaskObservation) => seen.taskId);
    if (kind === 'service') put(this.services, ({ name }: Service) => name);
    if (kind === 'reservation') put(this.reservations, ({ instanceId }: Reservation) => instanceId);
    if (kind === 'lease') put(this.leases, ({ instanceId }: Lease) => instanceId);
  }

  #check({ key, new: item, old }: Change): void {
    switch (item?.kind) {
      case 'task':
        this.#checkTask(recordOf<Task>(item) as Task, recordOf<Task>(old));
        break;
      case 'observation':
        this.#checkObservation(recordOf<TaskObservation>(item) as TaskObservation, recordOf<TaskObservation>(old));
        break;
      case 'service':
        this.#checkService(recordOf<Service>(item) as Service, recordOf<Service>(old));
        break;
      case 'reservation':
        this.#checkReservation(recordOf<Reservation>(item) as Reservation, recordOf<Reservation>(old));
        break;
      case 'slot-chunk':
        this.#checkSlots(nameOf(key), recordOf<SlotChunk>(item) as SlotChunk);
        break;
      default:
        break;
    }
  }

  #wanted(service: string): readonly Task[] {
    return [...this.tasks.values()].filter(
      (task) =>
        task.slot?.service === service &&
        task.desiredStatus === 'RUNNING' &&
        this.observations.get(task.taskId)?.status !== 'STOPPED',
    );
  }

  #checkTask(task: Task, old: Task | undefined): void {
    const name = short(task.taskId);
    if (!old && this.#started.has(`task ${task.taskId}`)) this.#fail('S7', `task ${name} was made a second time`);
    if (!old) this.#started.add(`task ${task.taskId}`);
    if (old?.desiredStatus === 'STOPPED' && task.desiredStatus === 'RUNNING')
      this.#fail('S7', `task ${name} is wanted again`);
    if (old && old.epoch !== task.epoch) this.#fail('S7', `task ${name} changed its epoch`);
    if (old?.assignment && task.assignment?.instanceId !== old.assignment.instanceId)
      this.#fail('S7', `task ${name} moved from ${short(old.assignment.instanceId)} to ${task.assignment?.instanceId}`);
    const service = task.slot && this.services.get(task.slot.service);
    if (!service || !task.slot) return;
    const wanted = this.#wanted(service.name);
    if (!old) {
      const maximum = Math.floor((service.maximumPercent / 100) * service.desiredCount);
      if (wanted.length > maximum)
        this.#fail('S3', `service ${service.name} wants ${wanted.length} tasks, at most ${maximum} are allowed`);
      if (service.status !== 'ACTIVE') this.#fail('S14', `service ${service.name} is ${service.status} and got a task`);
    }
    const isVoluntary = old?.desiredStatus === 'RUNNING' && task.stop?.code === 'ServiceSchedulerInitiated';
    if (task.desiredStatus === 'STOPPED' && isVoluntary && this.#isHealthy(old)) {
      const healthy = wanted.filter((other) => this.#isHealthy(other)).length;
      const minimum = Math.ceil((service.minimumHealthyPercent / 100) * service.desiredCount);
      if (healthy < minimum)
        this.#fail('S4', `stopping ${name} leaves ${healthy} healthy tasks of ${service.name}, ${minimum} are needed`);
    }
  }

  #isHealthy(task: Task | undefined): boolean {
    return task !== undefined && this.observations.get(task.taskId)?.status === 'RUNNING';
  }

  #checkObservation(seen: TaskObservation, old: TaskObservation | undefined): void {
    const name = short(seen.taskId);
    if (old && old.status !== seen.status && !isForward(old.status, seen.status))
      this.#fail('S7', `task ${name} went back from ${old.status} to ${seen.status}`);
    const task = this.tasks.get(seen.taskId);
    if (task && task.epoch !== seen.epoch)
      this.#fail('S8', `task ${name}: a report of epoch ${seen.epoch} was accepted`);
    if (seen.instanceId === undefined) return;
    if (task && task.assignment?.instanceId !== seen.instanceId)
      this.#fail('S8', `task ${name}: a report of ${short(seen.instanceId)} was accepted, which does not hold it`);
    const epoch = this.reservations.get(seen.instanceId)?.agentEpoch;
    if (epoch !== undefined && seen.agentEpoch !== epoch)
      this.#fail('S8', `task ${name}: a report of agent epoch ${seen.agentEpoch} was accepted, ${epoch} is current`);
  }

  #checkService(service: Service, old: Service | undefined): void {
    if (!old) return;
    if (service.generation < old.generation)
      this.#fail('S5', `service ${service.name} fell back to an older generation`);
    const isRevived = old.status !== 'ACTIVE' && service.status === 'ACTIVE';
    if (isRevived && (old.status === 'DRAINING' || service.createdAt === old.createdAt))
      this.#fail('S14', `service ${service.name} came back from ${old.status}`);
  }

  #checkReservation(now: Reservation, old: Reservation | undefined): void {
    const name = short(now.instanceId);
    const used = now.tasks.reduce((sum, { cpu, memory }) => ({ cpu: sum.cpu + cpu, memory: sum.memory + memory }), {
      cpu: 0,
      memory: 0,
    });
    if (used.cpu > now.total.cpu || used.memory > now.total.memory) this.#fail('S9', `instance ${name} is overbooked`);
    if (new Set(now.tasks.map(({ taskId }) => taskId)).size < now.tasks.length)
      this.#fail('S9', `instance ${name} holds a task twice`);
    for (const { taskId } of now.tasks) {
      if (this.tasks.get(taskId)?.assignment?.instanceId !== now.instanceId)
        this.#fail('S9', `instance ${name} holds ${short(taskId)}, which was not given to it`);
    }
    if (!old) return;
    if (now.agentEpoch < old.agentEpoch)
      this.#fail('S7', `instance ${name} went back to agent epoch ${now.agentEpoch}`);
    const isLoss = now.agentEpoch === old.agentEpoch && !isLost(old) && !now.schedulable && old.schedulable;
    if (isLoss) this.#checkLoss(now.instanceId);
  }

  /** R3, R5: no lease is held at the instant of the commit, on the server's clock or on the agent's. R13: not by an outage. */
  #checkLoss(instanceId: string): void {
    const { time, isOutage, outageEndedAt, rates } = this.#world;
    const lease = this.leases.get(instanceId);
    const agent = this.#agents.find((one) => one.instanceId === instanceId);
    this.#world.trace(`instance ${short(instanceId)} (${agent?.name}) declared lost; ${this.#leaseStory()}`);
    if (lease && lease.expiresAt + serverMargin > time.now())
      this.#fail(
        'R3/R5',
        `${short(instanceId)} was declared lost while its lease had ${lease.expiresAt - time.now()} ms to run`,
      );
    if (agent?.leaseUntil !== undefined && agent.leaseUntil > time.elapsed)
      this.#fail('R4/R5', `${short(instanceId)} was declared lost while its agent held its lease`);
    const afterOutage =
      !isOutage && outageEndedAt > 0 && time.elapsed - outageEndedAt < (rates.netLost > 0 ? HEARTBEAT : GRACE);
    if (
      afterOutage &&
      agent?.isServing &&
      agent.troubledUntil < time.elapsed - GRACE &&
      agent.link.outbound &&
      agent.link.inbound
    )
      this.#fail('S13', `${short(instanceId)} was declared lost because of a control-plane outage`);
  }

  #leaseStory(): string {
    const now = this.#world.time.now();
    return [...this.leases.values()]
      .map(({ instanceId, expiresAt, recoveredAt, suspectedAt, heldSince }) => {
        const past = (at: number | undefined): string => (at === undefined ? '-' : String(now - at));
        const schedulable = this.reservations.get(instanceId)?.schedulable;
        return `${short(instanceId)}: ${expiresAt - now} left, held ${past(heldSince)}, recovered ${past(recoveredAt)}, suspected ${past(suspectedAt)}, schedulable ${schedulable}`;
      })
      .join('; ');
  }

  #checkSlots(key: string, chunk: SlotChunk): void {
    for (const { index, epoch } of chunk.slots) {
      const slot = `${key}/${index}`;
      if (epoch < (this.#slots.get(slot) ?? 0)) this.#fail('S7', `slot ${slot} went back to epoch ${epoch}`);
      this.#slots.set(slot, epoch);
    }
  }

  // ---- reality -----------------------------------------------------------------------------------------------------

  /** Whatever happens inside ends containers without an agent's doing. */
  byNemesis(act: () => void): void {
    this.#isNemesisActing = true;
    act();
    this.#isNemesisActing = false;
  }

  watch(agent: SimAgent): void {
    const running = new Map<string, { task: string; epoch: number; instance: string }>();
    const sync = (): void => {
      const now = agent.isDestroyed ? [] : agent.machine.list().filter(({ state }) => state === 'running');
      for (const { name, labels } of now) {
        if (running.has(name)) continue;
        running.set(name, { task: labels.task, epoch: labels.epoch, instance: labels.agent });
        this.#containerStarted(agent, name, labels.task, labels.epoch);
      }
      const names = new Set(now.map(({ name }) => name));
      for (const [name, of] of running) {
        if (names.has(name)) continue;
        running.delete(name);
        this.#live.get(`${of.task}.${of.epoch}`)?.delete(agent.name);
        const isOwnFailure = this.#world.failedStarts.has(name);
        if (!this.#isNemesisActing && !agent.isDestroyed && !isOwnFailure)
          this.#containerStopped(agent, of.task, of.instance);
      }
    };
    agent.machine.watch(sync);
    this.#syncs.set(agent.name, sync);
  }

  readonly #syncs = new Map<string, () => void>();

  machineDied(agent: SimAgent): void {
    this.#syncs.get(agent.name)?.();
  }

  #containerStarted(agent: SimAgent, name: string, task: string, epoch: number): void {
    this.#world.trace(`${agent.name} runs ${short(task)}.${epoch}`);
    const once = `start ${agent.name} ${name}`;
    if (this.#started.has(once)) this.#fail('R8', `${agent.name} started ${short(task)}.${epoch} a second time`);
    this.#started.add(once);
    const where = this.#live.get(`${task}.${epoch}`) ?? new Set();
    this.#live.set(`${task}.${epoch}`, where.add(agent.name));
    if (where.size > 1) this.#fail('S1', `${short(task)}.${epoch} runs on ${[...where].join(' and ')}`);
  }

  #containerStopped(agent: SimAgent, taskId: string, instanceId: string): void {
    this.#world.trace(`${agent.name} no longer runs ${short(taskId)}`);
    const task = this.tasks.get(taskId);
    const isWanted = task?.desiredStatus === 'RUNNING' && this.observations.get(taskId)?.status !== 'STOPPED';
    const isHeld = this.reservations.get(instanceId)?.tasks.some((held) => held.taskId === taskId && !held.stop);
    if (isWanted && isHeld) this.#fail('S11', `${agent.name} stopped ${short(taskId)}, which it was to run`);
  }

  // ---- at the end --------------------------------------------------------------------------------------------------

  /** What still differs between what is wanted and what runs; empty when the world has converged (L1, S10). */
  differences(): readonly string[] {
    return differences(this, this.#agents, this.#world.time.elapsed);
  }

  #fail(invariant: string, story: string): void {
    this.#world.violated(invariant, story);
  }
}
