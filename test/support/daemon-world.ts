import type { CreateServiceIntent, UpdateServiceIntent } from '#control/intents.ts';
import { createService } from '#control/services/create-service.ts';
import { describeServices } from '#control/services/read-services.ts';
import { updateService } from '#control/services/update-service.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import type { FlowAgent } from './flow-agent.ts';
import { type FlowWorld, flowWorld } from './flow-world.ts';

export type DaemonWorld = Awaited<ReturnType<typeof daemonWorld>>;

/** Two machines, and the words in which tests of the daemon service `log` speak of it. */
export async function daemonWorld(options: Parameters<typeof flowWorld>[0] = {}) {
  const world: FlowWorld = await flowWorld(options);
  const one = await world.agent('one');
  const two = await world.agent('two');

  const createDaemon = (changes: Partial<CreateServiceIntent> = {}) =>
    createService(world.deps, {
      cluster: 'default',
      name: 'log',
      taskDefinition: 'web:1',
      scheduler: 'daemons',
      tags: [],
      createdBy: 'test',
      ...changes,
    });
  const view = async () => {
    const [found] = await describeServices(world.deps, 'default', ['log']);
    if (!found) throw new Error('service log is gone');
    return found;
  };
  /** Ids of the tasks of a service that run on a machine. */
  const tasksOn = async (agent: FlowAgent, service = 'log') => {
    const found = await describeTasks(world.deps, 'default', [...agent.running.keys()]);
    return found.flatMap((each) => (each?.task.group === `service:${service}` ? [each.task.taskId] : []));
  };
  return {
    world,
    one,
    two,
    createDaemon,
    createReplicas: (desiredCount: number, changes: Partial<CreateServiceIntent> = {}) =>
      createDaemon({ name: 'web', scheduler: 'replicas', desiredCount, ...changes }),
    update: (changes: Partial<UpdateServiceIntent>, name = 'log') =>
      updateService(world.deps, { cluster: 'default', name, forceNewDeployment: false, ...changes }),
    view,
    messages: async () => (await view()).events.map(({ message }) => message),
    desired: async () => (await view()).state?.desiredCount,
    tasksOn,
    countsOn: (...agents: readonly FlowAgent[]) =>
      Promise.all(agents.map(async (agent) => (await tasksOn(agent)).length)),
  };
}
