import { createService } from '#control/services/create-service.ts';
import type { FlowAgent } from './flow-agent.ts';
import { type FlowWorld, flowWorld } from './flow-world.ts';

export interface TwoMachines {
  readonly world: FlowWorld;
  readonly one: FlowAgent;
  readonly two: FlowAgent;
}

/** Two machines that share the four tasks of the service `web`. */
export async function twoMachines(): Promise<TwoMachines> {
  const world = await flowWorld();
  const one = await world.agent('one');
  const two = await world.agent('two');
  await createService(world.deps, {
    cluster: 'default',
    name: 'web',
    taskDefinition: 'web:1',
    desiredCount: 4,
    tags: [],
    createdBy: 'test',
  });
  await world.converge();
  return { world, one, two };
}
