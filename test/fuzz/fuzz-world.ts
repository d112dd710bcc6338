import type { Context } from 'aws-lambda';
import type { EcsRequest } from '#api/ecs/ecs-request.ts';
import { seedFargate } from '#control/eks/seed-fargate.ts';
import { Fault } from '#core/fault.ts';
import { createHandler } from '#functions/ecs-api.ts';
import { toProxyEvent } from '#local/gateway-event.ts';
import { KEYS, type SignOptions, signRequest } from '#test/support/ecs-request.ts';
import type { FlowAgent } from '#test/support/flow-agent.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';
import type { JsonObject, Known } from './valid-requests.ts';

export interface FuzzAnswer {
  readonly status: number;
  readonly body: string;
  /** What was thrown, when the answer does not say. */
  readonly cause?: unknown;
}

/** The function behind the ECS route over an embedded store in memory, with services, tasks and machines to aim at. */
export interface FuzzWorld {
  readonly known: Known;
  sign(operation: string, body: string, options?: SignOptions): Promise<EcsRequest>;
  send(request: EcsRequest): Promise<FuzzAnswer>;
  /** How many writes were ever committed. */
  written(): number;
  /** Lets the workers and the agents do what the requests so far ask for. */
  work(): Promise<void>;
}

const CONTEXT = { functionName: 'ecs-api', awsRequestId: 'fuzz' } as Context;
const REQUEST_MS = 50;

export async function openFuzzWorld(seed: string): Promise<FuzzWorld> {
  const world = await flowWorld({ seed });
  const { clock, store, deps } = world;
  await seedFargate(deps, 'default');
  let cause: unknown;
  const noteCause = (_message: string, fields?: Readonly<Record<string, unknown>>): void => {
    cause = fields?.['cause'] ?? fields?.['error'];
  };
  const handler = createHandler({
    ...deps,
    log: { ...deps.log, warn: noteCause, error: noteCause },
    accessKeys: KEYS,
    channelAddress: () => '',
  });
  const { region } = deps.scope;
  const sign: FuzzWorld['sign'] = (operation, body, options = {}) =>
    signRequest(clock.now(), operation, body, {
      region,
      ...(operation.startsWith('Berth.') ? { target: operation } : {}),
      ...options,
    });
  const send: FuzzWorld['send'] = async ({ method, path, headers, body }) => {
    cause = undefined;
    clock.advance(REQUEST_MS);
    const { signal } = new AbortController();
    const served = { method, url: path, headers, body: Buffer.from(body), signal };
    const event = toProxyEvent({ scope: deps.scope, clock }, 'POST /', served);
    const answer = await handler(event, CONTEXT);
    return { status: answer.statusCode ?? 0, body: answer.body ?? '', ...(cause === undefined ? {} : { cause }) };
  };
  const prepare = async (operation: string, input: JsonObject): Promise<Readonly<Record<string, unknown>>> => {
    const { status, body } = await send(await sign(operation, JSON.stringify(input)));
    if (status !== 200) throw new Error(`the world could not be prepared: ${operation} answered ${status} ${body}`);
    return JSON.parse(body);
  };
  for (const name of MACHINES) endWhenRefused(await world.agent(name, ROOM));
  const known = await furnish(world, prepare);
  return { known, sign, send, written: () => store.feed.latest(), work: () => world.converge() };
}

/** A machine that was deregistered is refused from then on, and its agent ends. */
function endWhenRefused(agent: FlowAgent): void {
  const beat = agent.beat;
  agent.beat = async () => {
    try {
      return await beat();
    } catch (error) {
      if (!(error instanceof Fault && error.code === 'ResourceNotFound')) throw error;
      agent.isUp = false;
      return true;
    }
  };
}

type Prepare = (operation: string, input: JsonObject) => Promise<Readonly<Record<string, unknown>>>;

const MACHINES = ['one', 'two', 'three'];
const ROOM = { cpu: 4_096, memory: 8_192 };
const GROUP = { autoScalingGroupArn: 'web' };
const CONTAINERS = [{ name: 'app', image: 'nginx', memory: 64 }];

async function furnish(world: FlowWorld, prepare: Prepare): Promise<Known> {
  await prepare('CreateCluster', { clusterName: 'away' });
  await prepare('CreateCapacityProvider', { name: 'asg', autoScalingGroupProvider: GROUP });
  await prepare('RegisterTaskDefinition', { family: 'old', containerDefinitions: CONTAINERS });
  const far = { requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu: '256', memory: '512' };
  await prepare('RegisterTaskDefinition', { family: 'far', containerDefinitions: CONTAINERS, ...far });
  await prepare('CreateService', { serviceName: 'web', taskDefinition: 'web:2', desiredCount: 2 });
  await prepare('CreateService', { serviceName: 'slow', taskDefinition: 'web:2', desiredCount: 1 });
  await prepare('RunTask', { taskDefinition: 'web', count: 3 });
  await prepare('CreateService', {
    serviceName: 'shared',
    desiredCount: 2,
    deploymentController: { type: 'EXTERNAL' },
  });
  const half = {
    service: 'shared',
    cluster: 'default',
    taskDefinition: 'web:2',
    scale: { value: 50, unit: 'PERCENT' },
  };
  const { taskSet } = await prepare('CreateTaskSet', half);
  await world.converge();
  // A deployment that finds no room is one that can be stopped.
  const large = [{ name: 'app', image: 'nginx', memory: 100_000 }];
  await prepare('RegisterTaskDefinition', { family: 'large', containerDefinitions: large });
  await prepare('UpdateService', { service: 'slow', taskDefinition: 'large' });
  await world.converge();
  const { serviceArns: _none, ...listed } = await prepare('ListTasks', { family: 'web' });
  const owned = await prepare('ListTasks', { serviceName: 'web' });
  const [service = ''] = idsOf(owned['taskArns']);
  const [first = '', second = ''] = idsOf(listed['taskArns']).filter((id) => !idsOf(owned['taskArns']).includes(id));
  const machines = idsOf((await prepare('ListContainerInstances', {}))['containerInstanceArns']);
  const [one = '', two = '', three = ''] = machines;
  const { serviceDeployments } = await prepare('ListServiceDeployments', { service: 'slow', status: ['IN_PROGRESS'] });
  const [deployment] = serviceDeployments as readonly Readonly<Record<string, string>>[];
  return {
    taskIds: [first, second, service],
    instanceIds: [one, two, three],
    deploymentArn: deployment?.['serviceDeploymentArn'] ?? '',
    revisionArn: deployment?.['targetServiceRevisionArn'] ?? '',
    taskSet: (taskSet as Readonly<Record<string, string>>)['id'] ?? '',
  };
}

const idsOf = (arns: unknown): readonly string[] =>
  (arns as readonly string[]).map((arn) => arn.slice(arn.lastIndexOf('/') + 1));
