import { setInstanceState } from '#control/instances/set-instance-state.ts';
import type { RunTaskIntent } from '#control/intents.ts';
import { createService } from '#control/services/create-service.ts';
import { deleteService } from '#control/services/delete-service.ts';
import { updateService } from '#control/services/update-service.ts';
import { runTask } from '#control/tasks/run-task.ts';
import { stopTask } from '#control/tasks/stop-task.ts';
import { Fault } from '#core/fault.ts';
import type { Oracles } from './oracles.ts';
import type { SimAgent } from './sim-agent.ts';
import type { SimContext } from './sim-context.ts';
import type { Worker, Workers } from './workers.ts';

const CLUSTER = 'default';
const NAMES = ['web', 'api'] as const;

interface Acknowledged {
  readonly generation: number;
}

/** A user who sends intents, repeats what was not answered, and remembers what was. */
export class Operator {
  readonly #world: SimContext;
  readonly #workers: Workers;
  readonly #oracles: Oracles;
  readonly #agents: readonly SimAgent[];
  /** Newest acknowledged generation of each service (S5). */
  readonly #acknowledged = new Map<string, Acknowledged>();
  /** Tasks asked for under each acknowledged client token (S6). */
  readonly #tokens = new Map<string, number>();
  #requests = 0;

  constructor(world: SimContext, workers: Workers, oracles: Oracles, agents: readonly SimAgent[]) {
    this.#world = world;
    this.#workers = workers;
    this.#oracles = oracles;
    this.#agents = agents;
  }

  /** One random intent. */
  act(): void {
    const { rng } = this.#world;
    const name = rng.pick(NAMES) ?? 'web';
    const service = this.#oracles.services.get(name);
    const isActive = service?.status === 'ACTIVE';
    const dice = rng.next();
    if (!isActive && dice < 0.6) this.#create(name);
    else if (isActive && dice < 0.3) this.#update(name, { desiredCount: rng.below(5) });
    else if (isActive && dice < 0.5) this.#update(name, { taskDefinition: `web:${1 + rng.below(2)}` });
    else if (isActive && dice < 0.55) this.#update(name, {}, true);
    else if (isActive && dice < 0.62) this.#delete(name);
    else if (dice < 0.8) this.#run();
    else if (dice < 0.9) this.#stop();
    else this.#drain();
  }

  /** Brings back what only an operator would. */
  settle(): void {
    for (const { instanceId, isDestroyed } of this.#agents) {
      if (instanceId === undefined || isDestroyed) continue;
      if (this.#oracles.reservations.get(instanceId)?.status !== 'DRAINING') continue;
      this.#send('activate', 0, (worker) => setInstanceState(worker.deps, CLUSTER, instanceId, 'ACTIVE'));
    }
  }

  /** S5 and S6 against what is committed. */
  check(): void {
    for (const [name, { generation }] of this.#acknowledged) {
      const now = this.#oracles.services.get(name)?.generation ?? 0;
      if (now < generation)
        this.#world.violated('S5', `service ${name}: generation ${generation} was acknowledged, ${now} stands`);
    }
    for (const [token, count] of this.#tokens) {
      const made = [...this.#oracles.tasks.values()].filter(({ clientToken }) => clientToken === token).length;
      if (made !== count) this.#world.violated('S6', `token ${token} made ${made} tasks instead of ${count}`);
    }
  }

  #create(name: string): void {
    const { rng } = this.#world;
    const intent = {
      cluster: CLUSTER,
      name,
      taskDefinition: `web:${1 + rng.below(2)}`,
      desiredCount: 1 + rng.below(4),
      minimumHealthyPercent: rng.pick([0, 50, 100]) ?? 100,
      // Below 200 a service of one task could never roll, here as on ECS.
      maximumPercent: 200,
      tags: [],
      createdBy: 'sim',
      clientToken: `create-${this.#requests}`,
    };
    this.#send(`create ${name} x${intent.desiredCount}`, 3, async (worker) =>
      this.#remember(name, (await createService(worker.deps, intent)).service.generation),
    );
  }

  #update(name: string, changes: { desiredCount?: number; taskDefinition?: string }, forceNewDeployment = false): void {
    this.#send(`update ${name} ${JSON.stringify(changes)}${forceNewDeployment ? ' forced' : ''}`, 0, async (worker) =>
      this.#remember(
        name,
        (await updateService(worker.deps, { cluster: CLUSTER, name, ...changes, forceNewDeployment })).service
          .generation,
      ),
    );
  }

  #delete(name: string): void {
    this.#send(`delete ${name}`, 2, async (worker) =>
      this.#remember(name, (await deleteService(worker.deps, CLUSTER, name, true)).service.generation),
    );
  }

  #run(): void {
    const clientToken = `run-${this.#requests}`;
    const count = 1 + this.#world.rng.below(3);
    const intent: RunTaskIntent = {
      cluster: CLUSTER,
      taskDefinition: 'web:1',
      count,
      launchType: 'EC2',
      placementConstraints: [],
      placementStrategy: [],
      enableExecuteCommand: false,
      tags: [],
      clientToken,
    };
    this.#send(`run ${count} tasks as ${clientToken}`, 3, async (worker) => {
      const { tasks } = await runTask(worker.deps, intent);
      const known = this.#tokens.get(clientToken);
      if (known !== undefined && known !== tasks.length)
        this.#world.violated('S6', `token ${clientToken} answered ${known} tasks, then ${tasks.length}`);
      this.#tokens.set(clientToken, tasks.length);
    });
  }

  #stop(): void {
    const { rng } = this.#world;
    const task = rng.pick([...this.#oracles.tasks.values()].filter(({ desiredStatus }) => desiredStatus === 'RUNNING'));
    if (task) this.#send(`stop ${task.taskId.slice(0, 6)}`, 2, (worker) => stopTask(worker.deps, CLUSTER, task.taskId));
  }

  #drain(): void {
    const { rng } = this.#world;
    const instanceId = rng.pick(this.#agents)?.instanceId;
    const state = rng.chance(0.4) ? 'DRAINING' : 'ACTIVE';
    if (instanceId === undefined || !this.#oracles.reservations.has(instanceId)) return;
    this.#send(`${state} ${instanceId.slice(0, 6)}`, 1, (worker) =>
      setInstanceState(worker.deps, CLUSTER, instanceId, state),
    );
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
    const known = this.#acknowledged.get(name)?.generation ?? 0;
    if (generation > known) this.#acknowledged.set(name, { generation });
  }
}
