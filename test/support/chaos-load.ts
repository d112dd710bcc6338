import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateServiceCommand,
  type ECSClient,
  ECSServiceException,
  RunTaskCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { idOf } from './chaos-tasks.ts';

/** What clients were told; after any crash it must still be so. */
export interface Acknowledged {
  /** Task ids by client token; the token is the tasks' `startedBy`, too. */
  readonly runs: ReadonlyMap<string, readonly string[]>;
  /** Reason of the stop by task id. */
  readonly stops: ReadonlyMap<string, string>;
  /** Newest desired count by service name. */
  readonly services: ReadonlyMap<string, number>;
  /** How often a call had to be repeated. */
  readonly retries: number;
}

export interface Load {
  /** Lets each client finish the call it is at, and answers what was acknowledged. */
  finish(): Promise<Acknowledged>;
}

const RETRY_MS = 40;
const REST_MS = 80;
const MAX_SERVICES = 8;
/** Runs that stay, so that a later kill meets many living tasks. */
const RUNS_KEPT = 15;

/** Clients that never give up: each repeats a call, under the same client token, until it is acknowledged. */
export function startLoad(ecs: ECSClient, taskDefinition: string): Load {
  const runs = new Map<string, readonly string[]>();
  const stops = new Map<string, string>();
  const services = new Map<string, number>();
  let retries = 0;
  let finishing = false;

  const acknowledged = async <T>(call: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (!isTransient(error)) throw error;
        retries += 1;
        await pause(RETRY_MS);
      }
    }
  };
  const client = async (step: (round: number) => Promise<unknown>): Promise<void> => {
    for (let round = 0; !finishing; round += 1) {
      await step(round);
      await pause(REST_MS);
    }
  };

  const run = async (round: number): Promise<void> => {
    const clientToken = `run-${round}`;
    const request = new RunTaskCommand({ taskDefinition, count: 1 + (round % 2), clientToken, startedBy: clientToken });
    const ids = async () => ((await ecs.send(request)).tasks ?? []).map(({ taskArn }) => idOf(taskArn)).toSorted();
    const first = await acknowledged(ids);
    runs.set(clientToken, first);
    const again = await acknowledged(ids);
    if (again.join() !== first.join()) throw new Error(`${clientToken} made ${first.join()} and then ${again.join()}`);
  };
  const stop = async (): Promise<void> => {
    const [task] = [...runs.values()]
      .slice(0, -RUNS_KEPT)
      .flat()
      .filter((id) => !stops.has(id));
    if (task === undefined) return;
    const reason = `no longer needed: ${task}`;
    await acknowledged(() => ecs.send(new StopTaskCommand({ task, reason })));
    stops.set(task, reason);
  };
  const serve = async (round: number): Promise<void> => {
    const name = `service-${round % MAX_SERVICES}`;
    const desiredCount = round % 3;
    await acknowledged(() =>
      services.has(name)
        ? ecs.send(new UpdateServiceCommand({ service: name, desiredCount }))
        : ecs.send(new CreateServiceCommand({ serviceName: name, taskDefinition, desiredCount, clientToken: name })),
    );
    services.set(name, desiredCount);
  };

  const clients = Promise.all([client(run), client(stop), client(serve)]);
  // Whoever calls `finish` hears of a failure; until then nobody listens, and that must not end the process.
  clients.catch(() => undefined);
  return {
    finish: async () => {
      finishing = true;
      await clients;
      return { runs, stops, services, retries };
    },
  };
}

/** No answer, or one that asks to try again. Anything else is a refusal the client must hear of. */
const isTransient = (error: unknown): boolean =>
  !(error instanceof ECSServiceException) ||
  (error.$metadata.httpStatusCode ?? 500) >= 500 ||
  error.name === 'ThrottlingException';
