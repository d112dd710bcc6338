import { type ContainerDefinition, CreateServiceCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { activeInstances } from './active-instances.ts';
import { type JoinedAgent, joinAgent } from './chaos-agent.ts';
import { type RunningStack, startStack } from './running-stack.ts';
import { waitUntil } from './wait-until.ts';

export interface FencedStack {
  readonly stack: RunningStack;
  readonly agents: readonly JoinedAgent[];
}

/** A control plane and two machines that joined it. */
export async function twoMachines(runtime: 'docker' | 'process', timeScale: number): Promise<FencedStack> {
  const stack = await startStack({ args: ['--agents', '0', '--time-scale', String(timeScale)] });
  const agents = ['left', 'right'].map((name) => joinAgent(stack, { name, runtime, timeScale }));
  await waitUntil(
    'both agents joined',
    () => activeInstances(stack),
    (count) => count === 2,
    { withinMs: 30_000 },
  );
  return { stack, agents };
}

export async function createService(
  { ecs }: RunningStack,
  name: string,
  container: Omit<ContainerDefinition, 'name' | 'essential'>,
  options: { readonly count: number; readonly mode: 'available' | 'fenced' },
): Promise<void> {
  const definition = { name: 'main', essential: true, cpu: 16, memory: 16, stopTimeout: 2, ...container };
  await ecs.send(new RegisterTaskDefinitionCommand({ family: name, containerDefinitions: [definition] }));
  await ecs.send(
    new CreateServiceCommand({
      serviceName: name,
      taskDefinition: name,
      desiredCount: options.count,
      placementStrategy: [{ type: 'spread', field: 'instanceId' }],
      tags: [{ key: 'berth:disconnect-mode', value: options.mode }],
    }),
  );
}
