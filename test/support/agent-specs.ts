import { containerName } from '#agent/runtime/labels.ts';
import type { ContainerSpec } from '#agent/runtime/port.ts';
import type { ContainerDefinition } from '#core/model/task-definition.ts';
import type { TaskSpec } from '#events/agent-wire.ts';

/** A task of one simulated container that runs until it is stopped. */
export function aTaskSpec(overrides: Partial<TaskSpec> & { readonly taskId: string }): TaskSpec {
  return {
    epoch: 1,
    cluster: 'default',
    taskArn: `arn:aws:ecs:us-east-1:000000000000:task/default/${overrides.taskId}`,
    group: 'service:web',
    family: 'web',
    revision: 1,
    networkMode: 'bridge',
    containers: [{ name: 'app', image: 'app:1' }],
    ...overrides,
  };
}

/** A simulated container steered by `BERTH_SIM_<name>` variables. */
export function aSimulated(
  name: string,
  behaviour: Readonly<Record<string, string | number>> = {},
  overrides: Partial<ContainerDefinition> = {},
): ContainerDefinition {
  const environment = Object.entries(behaviour).map(([key, value]) => ({
    name: `BERTH_SIM_${key}`,
    value: String(value),
  }));
  return { name, image: 'app:1', environment, ...overrides };
}

/** A container as the engine would ask a runtime for it. */
export function aContainerSpec(
  taskId: string,
  agent: string,
  definition: ContainerDefinition,
  overrides: Partial<ContainerSpec> = {},
): ContainerSpec {
  return {
    name: containerName(taskId, 1, definition.name),
    labels: {
      task: taskId,
      epoch: 1,
      agent,
      agentEpoch: 1,
      container: definition.name,
      cluster: 'default',
      group: 'service:web',
      essential: true,
      count: 1,
      stopTimeout: 1,
    },
    definition,
    networkMode: 'bridge',
    ...overrides,
  };
}
