import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  ECSClient,
  ECSServiceException,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import type { StackAddress } from '#cli/stack-address.ts';
import { DISCONNECT_MODE_TAG } from '#core/service/disconnect-mode.ts';
import type { Rng } from '#test/sim/world/scheduler.ts';
import { idOf } from '#test/support/chaos-tasks.ts';
import type { Committed } from './committed.ts';
import type { Promises } from './promises.ts';

export interface OperatorOptions {
  readonly address: StackAddress;
  readonly rng: Rng;
  /** Ends the names of everything it makes, so that runs on one machine stay apart. */
  readonly runId: string;
  readonly image: string;
  readonly container: string;
  readonly promises: Promises;
  readonly committed: () => Committed;
  readonly tell: (line: string) => void;
}

/** What a service was last asked to be. */
interface Service {
  readonly desired: number;
  readonly revision: number;
}

const SERVICES = 3;
/** One service of the three wants at most one copy of each task, whatever it costs. */
const FENCED = 's2-';
const MOST_TASKS = 4;
const RUNS_KEPT = 3;
const RETRY_MS = 150;
const REQUEST_MS = 4_000;
/** Longer than anything here takes to heal. */
const MOST_TRIES = 1_000;

/** A user with an ordinary client: sends intents, repeats what was not answered, and remembers what was. */
export class Operator {
  readonly #options: OperatorOptions;
  readonly #ecs: ECSClient;
  readonly #services = new Map<string, Service>();
  readonly #tasks: string[] = [];
  #working: Promise<void> = Promise.resolve();
  #isPaused = true;
  #round = 0;
  retries = 0;
  acknowledged = 0;

  constructor(options: OperatorOptions) {
    const { endpoint, region, accessKeyId, secretAccessKey } = options.address;
    this.#options = options;
    this.#ecs = new ECSClient({
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 2,
      requestHandler: { requestTimeout: REQUEST_MS, connectionTimeout: 1_000, throwOnRequestTimeout: true },
    });
  }

  get #family(): string {
    return `chaos-${this.#options.runId}`;
  }

  /** Two revisions of one definition: a container that does nothing until it is told to end. */
  async prepare(): Promise<void> {
    const { image, container } = this.#options;
    for (const revision of ['1', '2']) {
      const definition = {
        name: container,
        image,
        cpu: 16,
        memory: 16,
        essential: true,
        stopTimeout: 2,
        environment: [{ name: 'REVISION', value: revision }],
        command: ['/bin/sh', '-c', "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"],
      };
      await this.#sure(() =>
        this.#ecs.send(new RegisterTaskDefinitionCommand({ family: this.#family, containerDefinitions: [definition] })),
      );
    }
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#working = this.#work();
  }

  /** Lets the call at hand end, however often it must be repeated. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    await this.#working;
  }

  /** Deletes every service and stops every task it made. */
  async deleteEverything(): Promise<void> {
    for (const name of [...this.#services.keys()]) await this.#delete(name);
    for (const taskId of this.#tasks.splice(0)) await this.#stop(taskId);
  }

  destroy(): void {
    this.#ecs.destroy();
  }

  async #work(): Promise<void> {
    while (!this.#isPaused) {
      await this.#act();
      await pause(this.#options.rng.between(200, 1_500));
    }
  }

  async #act(): Promise<void> {
    const { rng, runId } = this.#options;
    this.#round += 1;
    const name = `s${rng.below(SERVICES)}-${runId}`;
    const known = this.#services.get(name);
    const dice = rng.next();
    if (!known) return this.#create(name, { desired: 1 + rng.below(MOST_TASKS), revision: 1 + rng.below(2) });
    if (dice < 0.3) return this.#update(name, { ...known, desired: rng.below(MOST_TASKS + 1) });
    if (dice < 0.5) return this.#update(name, { ...known, revision: 3 - known.revision });
    if (dice < 0.58) return this.#update(name, known, true);
    if (dice < 0.65) return this.#delete(name);
    if (dice < 0.85) return this.#run(1 + rng.below(2));
    const oldest = this.#tasks.length > RUNS_KEPT ? this.#tasks.shift() : undefined;
    return oldest === undefined ? this.#run(1) : this.#stop(oldest);
  }

  async #create(name: string, wanted: Service): Promise<void> {
    const { promises, tell } = this.#options;
    tell(`operator: create ${name} with ${wanted.desired} tasks of revision ${wanted.revision}`);
    promises.counts.push({ service: name, desired: wanted.desired, at: performance.now() });
    const command = new CreateServiceCommand({
      serviceName: name,
      taskDefinition: `${this.#family}:${wanted.revision}`,
      desiredCount: wanted.desired,
      clientToken: `create-${this.#round}-${this.#options.runId}`,
      deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 200 },
      placementStrategy: [{ type: 'spread', field: 'instanceId' }],
      ...(name.startsWith(FENCED) ? { tags: [{ key: DISCONNECT_MODE_TAG, value: 'fenced' }] } : {}),
    });
    await this.#sure(() => this.#ecs.send(command));
    this.#services.set(name, wanted);
    this.#promised(name, told(wanted));
  }

  async #update(name: string, wanted: Service, forceNewDeployment = false): Promise<void> {
    const { promises, tell } = this.#options;
    tell(
      `operator: ${name} to ${wanted.desired} tasks of revision ${wanted.revision}${forceNewDeployment ? ', anew' : ''}`,
    );
    promises.counts.push({ service: name, desired: wanted.desired, at: performance.now() });
    const command = new UpdateServiceCommand({
      service: name,
      desiredCount: wanted.desired,
      taskDefinition: `${this.#family}:${wanted.revision}`,
      forceNewDeployment,
    });
    await this.#sure(() => this.#ecs.send(command));
    this.#services.set(name, wanted);
    this.#promised(name, told(wanted));
  }

  async #delete(name: string): Promise<void> {
    this.#options.tell(`operator: delete ${name}`);
    await this.#sure(async () => {
      try {
        await this.#ecs.send(new DeleteServiceCommand({ service: name, force: true }));
      } catch (error) {
        // An earlier try took effect and its answer was lost.
        if (!isGone(error)) throw error;
      }
    });
    this.#services.delete(name);
    this.#promised(name, 'deleted');
  }

  async #run(count: number): Promise<void> {
    const { promises, rng, tell } = this.#options;
    const clientToken = `run-${this.#round}`;
    tell(`operator: run ${count} as ${clientToken}`);
    promises.runs.set(clientToken, { count });
    const command = new RunTaskCommand({ taskDefinition: this.#family, count, clientToken, startedBy: clientToken });
    const send = async (): Promise<readonly string[]> =>
      ((await this.#ecs.send(command)).tasks ?? []).map(({ taskArn }) => idOf(taskArn)).toSorted();
    const ids = await this.#sure(send);
    promises.runs.set(clientToken, { count, ids });
    this.#tasks.push(...ids);
    if (!rng.chance(0.3)) return;
    const again = await this.#sure(send);
    if (again.join() !== ids.join())
      promises.broken.push(`${clientToken} answered ${ids.join()}, then ${again.join()}`);
  }

  async #stop(taskId: string): Promise<void> {
    this.#options.tell(`operator: stop ${taskId.slice(0, 6)}`);
    await this.#sure(() => this.#ecs.send(new StopTaskCommand({ task: taskId, reason: 'no longer needed' })));
    this.#options.promises.stops.add(taskId);
  }

  /** The service as it stands right after the answer: every later look must find at least this generation. */
  #promised(name: string, as: string): void {
    const { promises, committed } = this.#options;
    const service = committed().services.get(name);
    const known = promises.generations.get(name) ?? 0;
    promises.generations.set(name, Math.max(known, service?.generation ?? 1));
    promises.services.set(name, as);
  }

  /** Repeats until there is an answer. A refusal is a bug here: nothing that is asked for may be refused. */
  async #sure<T>(call: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await call();
        this.acknowledged += 1;
        return answer;
      } catch (error) {
        if (!isTransient(error) || attempt > MOST_TRIES) throw error;
        this.retries += 1;
        await pause(RETRY_MS);
      }
    }
  }
}

const told = ({ desired, revision }: Service): string => `${desired} of revision ${revision}`;

const isGone = (error: unknown): boolean =>
  error instanceof ECSServiceException &&
  (error.name === 'ServiceNotFoundException' || error.name === 'ServiceNotActiveException');

/** No answer, or one that asks to try again; a name is free again only once the old service has drained. */
const isTransient = (error: unknown): boolean =>
  !(error instanceof ECSServiceException) ||
  (error.$metadata.httpStatusCode ?? 500) >= 500 ||
  error.name === 'ThrottlingException' ||
  error.message.includes('still Draining');
