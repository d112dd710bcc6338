import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  type ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  RunTaskCommand,
  StopServiceDeploymentCommand,
  StopTaskCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import type { Rng } from '#test/sim/world/scheduler.ts';

/** What all clients of one fight share. */
export interface Ring {
  readonly services: readonly string[];
  readonly definitions: readonly string[];
  readonly instances: readonly string[];
  /** How often each outcome was met: `UpdateService 200`. */
  readonly outcomes: Map<string, number>;
  /** What no client may ever meet. */
  readonly failures: string[];
}

type Move = readonly [weight: number, name: string, send: (ecs: ECSClient, ring: Ring, rng: Rng) => Promise<unknown>];

const MOST_TASKS = 6;
const PERCENTS: readonly (readonly [minimum: number, maximum: number])[] = [
  [100, 200],
  [50, 150],
  [0, 100],
  [50, 200],
];

const one = <T>(rng: Rng, values: readonly T[]): T => {
  const value = rng.pick(values);
  if (value === undefined) throw new RangeError('nothing to pick from');
  return value;
};

const deploymentConfiguration = (rng: Rng) => {
  const [minimumHealthyPercent, maximumPercent] = one(rng, PERCENTS);
  return { minimumHealthyPercent, maximumPercent };
};

const MOVES: readonly Move[] = [
  [
    30,
    'scale',
    (ecs, { services }, rng) =>
      ecs.send(new UpdateServiceCommand({ service: one(rng, services), desiredCount: rng.below(MOST_TASKS + 1) })),
  ],
  [
    10,
    'deploy',
    (ecs, { services, definitions }, rng) =>
      ecs.send(new UpdateServiceCommand({ service: one(rng, services), taskDefinition: one(rng, definitions) })),
  ],
  [
    5,
    'redeploy',
    (ecs, { services }, rng) =>
      ecs.send(
        new UpdateServiceCommand({
          service: one(rng, services),
          forceNewDeployment: true,
          deploymentConfiguration: deploymentConfiguration(rng),
        }),
      ),
  ],
  [
    20,
    'create',
    (ecs, { services, definitions }, rng) =>
      ecs.send(
        new CreateServiceCommand({
          serviceName: one(rng, services),
          taskDefinition: one(rng, definitions),
          desiredCount: rng.below(MOST_TASKS + 1),
          deploymentConfiguration: deploymentConfiguration(rng),
        }),
      ),
  ],
  [
    5,
    'delete',
    (ecs, { services }, rng) => ecs.send(new DeleteServiceCommand({ service: one(rng, services), force: true })),
  ],
  [
    12,
    'stop',
    async (ecs, { services }, rng) => {
      const { taskArns = [] } = await ecs.send(new ListTasksCommand({ serviceName: one(rng, services) }));
      const task = rng.pick(taskArns);
      if (task !== undefined) await ecs.send(new StopTaskCommand({ task, reason: 'contention' }));
    },
  ],
  [
    6,
    'drain',
    (ecs, { instances }, rng) =>
      ecs.send(
        new UpdateContainerInstancesStateCommand({
          containerInstances: [one(rng, instances)],
          // More often back than away, or nothing would have room.
          status: rng.chance(0.3) ? 'DRAINING' : 'ACTIVE',
        }),
      ),
  ],
  [
    4,
    'run',
    async (ecs, { definitions }, rng) => {
      const { tasks = [] } = await ecs.send(new RunTaskCommand({ taskDefinition: one(rng, definitions), count: 2 }));
      for (const { taskArn } of tasks) await ecs.send(new StopTaskCommand({ task: taskArn }));
    },
  ],
  [
    3,
    'abort',
    async (ecs, { services }, rng) => {
      const service = one(rng, services);
      const { serviceDeployments = [] } = await ecs.send(
        new ListServiceDeploymentsCommand({ service, status: ['IN_PROGRESS'] }),
      );
      const serviceDeploymentArn = rng.pick(serviceDeployments)?.serviceDeploymentArn;
      if (serviceDeploymentArn !== undefined) {
        const stopType = rng.chance(0.5) ? 'ROLLBACK' : 'ABORT';
        await ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType }));
      }
    },
  ],
  [8, 'describe', (ecs, { services }) => ecs.send(new DescribeServicesCommand({ services: [...services] }))],
];

const WHOLE = MOVES.reduce((sum, [weight]) => sum + weight, 0);

function drawn(rng: Rng): Move {
  let left = rng.below(WHOLE);
  const move = MOVES.find(([weight]) => {
    left -= weight;
    return left < 0;
  });
  if (!move) throw new RangeError('the weights do not add up');
  return move;
}

/** One client that makes one move after the other until the time is over, without ever waiting for another client. */
export async function contend(ecs: ECSClient, ring: Ring, rng: Rng, until: number): Promise<void> {
  while (performance.now() < until) {
    const [, name, send] = drawn(rng);
    const outcome = await outcomeOf(send(ecs, ring, rng));
    const key = `${name} ${outcome.text}`;
    ring.outcomes.set(key, (ring.outcomes.get(key) ?? 0) + 1);
    if (!outcome.isExpected) ring.failures.push(key);
  }
}

interface Outcome {
  readonly text: string;
  readonly isExpected: boolean;
}

/** A refusal with a status of its own is an answer; one of 5xx is not, and neither is none at all. */
async function outcomeOf(sent: Promise<unknown>): Promise<Outcome> {
  try {
    await sent;
    return { text: 'done', isExpected: true };
  } catch (error) {
    const { name, message, $metadata } = error as Error & { readonly $metadata?: { readonly httpStatusCode?: number } };
    const status = $metadata?.httpStatusCode ?? 0;
    const isExpected = status >= 400 && status < 500;
    return { text: isExpected ? name : `${status} ${name}: ${message}`, isExpected };
  }
}
