import { setInstanceState } from '#control/instances/set-instance-state.ts';
import type { RunTaskIntent, UpdateServiceIntent } from '#control/intents.ts';
import { createService } from '#control/services/create-service.ts';
import { deleteService } from '#control/services/delete-service.ts';
import { updateService } from '#control/services/update-service.ts';
import { tagResource } from '#control/tags/tag-resource.ts';
import { runTask } from '#control/tasks/run-task.ts';
import { stopTask } from '#control/tasks/stop-task.ts';
import { Fault } from '#core/fault.ts';
import type { Tag } from '#core/model/tag.ts';
import { short } from '../oracles/oracle.ts';
import type { Oracles } from '../oracles/oracles.ts';
import { canRoll, PERCENTS, type Percents } from './percents.ts';
import type { SimAgent } from './sim-agent.ts';
import type { SimContext } from './sim-context.ts';
import type { Worker, Workers } from './workers.ts';

const CLUSTER = 'default';
const nothing = (): void => undefined;
const NAMES = ['web', 'api'] as const;
const DAEMON = 'log';
const FENCED: readonly Tag[] = [{ key: 'berth:disconnect-mode', value: 'fenced' }];
/** Standalone tasks run until somebody stops them; more of them would leave services no room. */
const MAX_STANDALONE = 8;

/** A user who sends intents, repeats what was not answered, and holds the control plane to what was. */
export class Operator {
  readonly #world: SimContext;
  readonly #workers: Workers;
  readonly #oracles: Oracles;
  readonly #agents: readonly SimAgent[];
  #requests = 0;
  #acts = 0;
  readonly #hasDaemon: boolean;

  constructor(world: SimContext, workers: Workers, oracles: Oracles, agents: readonly SimAgent[], hasDaemon = false) {
    this.#hasDaemon = hasDaemon;
    this.#world = world;
    this.#workers = workers;
    this.#oracles = oracles;
    this.#agents = agents;
  }

  /** One random intent. */
  act(): void {
    const { rng } = this.#world;
    this.#acts += 1;
    if (this.#hasDaemon && this.#acts % 4 === 1) {
      this.#daemon();
      return;
    }
    const name = rng.pick(NAMES) ?? 'web';
    const isActive = this.#isActive(name);
    const dice = rng.next();
    if (dice < 0.6) {
      if (isActive) this.#change(name, dice / 0.6);
      else this.#createSome(name);
    } else if (dice < 0.75) this.#runSome(1 + rng.below(3), rng.chance(0.3) ? 'port' : 'web');
    else if (dice < 0.88) this.#stopSome();
    else if (dice < 0.92) this.#tag(name);
    else this.#drainSome();
  }

  /** Brings back what only an operator would, but for one machine that may stay drained when the others have room. */
  settle(): void {
    // Where every healthy daemon is needed a rollout waits, as on ECS, until its operator gives it room.
    if (this.#isActive(DAEMON)) this.update(DAEMON, { minimumHealthyPercent: 0 });
    const alive = this.#agents.filter(({ isDestroyed, instanceId }) => !isDestroyed && instanceId !== undefined);
    const draining = alive.filter(({ instanceId = '' }) => this.#statusOf(instanceId) === 'DRAINING');
    const kept = alive.length >= 4 && this.#world.rng.chance(0.5) ? draining[0] : undefined;
    for (const agent of draining) if (agent !== kept) this.#setState(agent.instanceId ?? '', 'ACTIVE', 0);
  }

  #isActive(name: string): boolean {
    return this.#oracles.committed.services.get(name)?.status === 'ACTIVE';
  }

  #daemon(): void {
    const { rng } = this.#world;
    const dice = rng.next();
    const minimumHealthyPercent = rng.pick([0, 0, 30, 50]) ?? 0;
    if (!this.#isActive(DAEMON)) this.#createDaemon(minimumHealthyPercent);
    else if (dice < 0.5) this.update(DAEMON, { taskDefinition: `web:${1 + rng.below(2)}`, minimumHealthyPercent });
    else if (dice < 0.8) this.update(DAEMON, { forceNewDeployment: true });
    else this.delete(DAEMON);
  }

  #createDaemon(minimumHealthyPercent: number): void {
    const intent = {
      cluster: CLUSTER,
      name: DAEMON,
      taskDefinition: `web:${1 + this.#world.rng.below(2)}`,
      scheduler: 'daemons',
      minimumHealthyPercent,
      tags: this.#requests % 3 === 1 ? FENCED : [],
      createdBy: 'sim',
      clientToken: `create-${this.#requests}`,
    } as const;
    this.#send(`create daemon ${DAEMON}, minimum ${minimumHealthyPercent} %`, 3, async (worker) =>
      this.#remember(DAEMON, (await createService(worker.deps, intent)).service.generation),
    );
  }

  /** Every third one fenced; counted, not drawn, so that the schedules of a seed stay what they are. */
  #createSome(name: string): void {
    const desiredCount = 1 + this.#world.rng.below(4);
    this.create(name, desiredCount, this.#percentsFor(desiredCount), this.#requests % 3 === 1 ? FENCED : []);
  }

  createFenced(name: string, desiredCount: number): void {
    this.create(name, desiredCount, { minimumHealthyPercent: 100, maximumPercent: 200 }, FENCED);
  }

  create(
    name: string,
    desiredCount: number,
    percents = this.#percentsFor(desiredCount),
    tags: readonly Tag[] = [],
  ): void {
    const { rng } = this.#world;
    const intent = {
      cluster: CLUSTER,
      name,
      taskDefinition: `web:${1 + rng.below(2)}`,
      desiredCount,
      ...percents,
      tags,
      createdBy: 'sim',
      clientToken: `create-${this.#requests}`,
    };
    const mode = tags === FENCED ? ' fenced' : '';
    this.#send(`create ${name} x${desiredCount}${mode} ${JSON.stringify(percents)}`, 3, async (worker) =>
      this.#remember(name, (await createService(worker.deps, intent)).service.generation),
    );
  }

  update(name: string, changes: Partial<UpdateServiceIntent>): void {
    const intent = { cluster: CLUSTER, name, forceNewDeployment: false, ...changes };
    this.#send(`update ${name} ${JSON.stringify(changes)}`, 0, async (worker) =>
      this.#remember(name, (await updateService(worker.deps, intent)).service.generation),
    );
  }

  delete(name: string): void {
    this.#send(`delete ${name}`, 2, async (worker) =>
      this.#remember(name, (await deleteService(worker.deps, CLUSTER, name, true)).service.generation),
    );
  }

  /** Tasks of family `port` all want the same host port. */
  run(
    count: number,
    family: 'web' | 'port',
    then: (intent: RunTaskIntent, ids: readonly string[]) => void = nothing,
  ): void {
    const clientToken = `run-${this.#requests}`;
    const intent: RunTaskIntent = {
      cluster: CLUSTER,
      taskDefinition: `${family}:1`,
      count,
      launchType: 'EC2',
      placementConstraints: [],
      placementStrategy: [],
      enableExecuteCommand: false,
      tags: [],
      clientToken,
    };
    this.#send(`run ${count} ${family} tasks as ${clientToken}`, 3, async (worker) => {
      const { tasks } = await runTask(worker.deps, intent);
      const taskIds = tasks.map(({ task }) => task.taskId);
      this.#oracles.intents.acknowledgedTasks(clientToken, taskIds);
      then(intent, taskIds);
    });
  }

  stop(taskId: string): void {
    this.#send(`stop ${short(taskId)}`, 2, async (worker) => {
      await stopTask(worker.deps, CLUSTER, taskId);
      this.#oracles.intents.acknowledgedStop(taskId);
    });
  }

  /** `retries`: how often it is asked again when nobody answers. */
  drain(agent: SimAgent, retries: number): void {
    this.#setState(agent.instanceId ?? '', 'DRAINING', retries);
  }

  #change(name: string, dice: number): void {
    const { rng } = this.#world;
    if (dice < 0.45) this.#scale(name, rng.below(5));
    else if (dice < 0.75) this.update(name, { taskDefinition: `web:${1 + rng.below(2)}` });
    else if (dice < 0.85) this.update(name, { forceNewDeployment: true });
    else this.delete(name);
  }

  #scale(name: string, desiredCount: number): void {
    const service = this.#oracles.committed.services.get(name);
    const isKept = service && canRoll(desiredCount, service) && this.#world.rng.chance(0.7);
    this.update(name, { desiredCount, ...(isKept ? {} : this.#percentsFor(desiredCount)) });
  }

  #percentsFor(desiredCount: number): Percents {
    const fitting = PERCENTS.filter((percents) => canRoll(desiredCount, percents));
    return this.#world.rng.pick(fitting) ?? { minimumHealthyPercent: 100, maximumPercent: 200 };
  }

  #runSome(count: number, family: 'web' | 'port'): void {
    const { rng } = this.#world;
    const standalone = [...this.#oracles.committed.tasks.values()].filter(
      ({ slot, desiredStatus }) => !slot && desiredStatus === 'RUNNING',
    );
    if (standalone.length + count > MAX_STANDALONE) {
      this.#stopSome();
      return;
    }
    this.run(count, family, (intent, taskIds) => {
      if (rng.chance(0.2)) this.#runOther({ ...intent, count: count + 1 });
      // A user who changes their mind while the task is still starting.
      if (rng.chance(0.2)) for (const taskId of taskIds) this.stop(taskId);
    });
  }

  /** S6: the same token with another request is refused and changes nothing. */
  #runOther(intent: RunTaskIntent): void {
    this.#send(`run others as ${intent.clientToken}`, 0, async (worker) => {
      await runTask(worker.deps, intent);
      this.#world.violated('S6', `token ${intent.clientToken} was accepted for another request`);
    });
  }

  #stopSome(): void {
    const { rng } = this.#world;
    const running = [...this.#oracles.committed.tasks.values()].filter(
      ({ desiredStatus }) => desiredStatus === 'RUNNING',
    );
    const task = rng.pick(running);
    if (!task) return;
    this.stop(task.taskId);
    if (rng.chance(0.2)) this.stop(task.taskId);
  }

  #tag(service: string): void {
    const tag = { key: 'owner', value: String(this.#requests) };
    this.#send(`tag ${service}`, 1, (worker) =>
      tagResource(worker.deps, { kind: 'service', cluster: CLUSTER, service }, [tag]),
    );
  }

  #drainSome(): void {
    const { rng } = this.#world;
    const instanceId = rng.pick(this.#agents)?.instanceId;
    if (instanceId === undefined || this.#statusOf(instanceId) === undefined) return;
    this.#setState(instanceId, rng.chance(0.4) ? 'DRAINING' : 'ACTIVE', 1);
  }

  #setState(instanceId: string, state: 'ACTIVE' | 'DRAINING', retries: number): void {
    this.#send(`${state} ${short(instanceId)}`, retries, (worker) =>
      setInstanceState(worker.deps, CLUSTER, instanceId, state),
    );
  }

  #statusOf(instanceId: string): string | undefined {
    return this.#oracles.committed.reservations.get(instanceId)?.status;
  }

  /** Sends once; tries again, sometimes although an answer came, as clients with retries do. */
  #send(what: string, retries: number, serve: (worker: Worker) => Promise<unknown>): void {
    const { time, rng } = this.#world;
    this.#requests += 1;
    this.#world.trace(`operator: ${what}`);
    const attempt = (left: number): void => {
      if (this.#world.isOutage) {
        if (left > 0) time.after(2_000, () => attempt(left - 1));
        return;
      }
      let isAnswered = false;
      const again = (): void => {
        if (left > 0 && (!isAnswered || rng.chance(0.2))) attempt(left - 1);
      };
      time.after(rng.between(1_000, 8_000), again);
      serve(this.#workers.of('ecsApi')).then(
        () => {
          isAnswered = true;
        },
        (error: unknown) => {
          if (!(error instanceof Fault)) this.#world.violated('X6', `${what}: ${String(error)}`);
          isAnswered = error instanceof Fault && error.code !== 'Unavailable' && error.code !== 'Contended';
        },
      );
    };
    attempt(retries);
  }

  #remember(name: string, generation: number): void {
    this.#oracles.intents.acknowledgedService(name, generation);
  }
}
