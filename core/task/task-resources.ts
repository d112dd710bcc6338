import type { JsonObject } from '../json.ts';
import type { HostPort, Resources } from '../model/resources.ts';
import type { ContainerDefinition, TaskDefinitionDocument } from '../model/task-definition.ts';
import { parseCpu, parseMemory } from '../task-definition/task-size.ts';

/** The members of ContainerOverride that change what a container runs with. */
interface ContainerOverride {
  readonly name?: string;
  readonly cpu?: number;
  readonly memory?: number;
  readonly memoryReservation?: number;
}

/** The members of TaskOverride Berth acts on. */
export interface TaskOverride {
  readonly cpu?: string;
  readonly memory?: string;
  readonly containerOverrides?: readonly ContainerOverride[];
}

/** What a task reserves: its task-level size when it has one, else the sum of its containers, as ECS counts it. */
export function taskResources(document: TaskDefinitionDocument, overrides: JsonObject | undefined): Resources {
  const override = (overrides ?? {}) as TaskOverride;
  const containers = overriddenContainers(document, override);
  return {
    cpu: sizeOf(parseCpu, override.cpu ?? document.cpu) ?? sum(containers, (container) => container.cpu ?? 0),
    memory: sizeOf(parseMemory, override.memory ?? document.memory) ?? sum(containers, reservedMemory),
  };
}

const overriddenContainers = ({ containerDefinitions }: TaskDefinitionDocument, override: TaskOverride) =>
  containerDefinitions.map((container) => ({
    ...container,
    ...override.containerOverrides?.find((entry) => entry.name === container.name),
  }));

/** Each container's GPUs are its own. */
export const taskGpus = (document: TaskDefinitionDocument, overrides: JsonObject | undefined): number =>
  sum(overriddenContainers(document, (overrides ?? {}) as TaskOverride), ({ resourceRequirements = [] }) =>
    sum(resourceRequirements, ({ type, value }) => (type === 'GPU' ? Number(value) || 0 : 0)),
  );

const sizeOf = (parse: (text: string) => number | undefined, text: string | undefined): number | undefined =>
  text === undefined ? undefined : parse(text);

const reservedMemory = (container: Pick<ContainerDefinition, 'memory' | 'memoryReservation'>): number =>
  container.memoryReservation ?? container.memory ?? 0;

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

/**
 * Host ports a task claims on its machine. In host mode the container port is the host port; in awsvpc the task has
 * its own addresses, so it claims none. A port of 0 is chosen by the machine and claims nothing.
 */
export function taskHostPorts(document: TaskDefinitionDocument): readonly HostPort[] {
  if (document.networkMode === 'awsvpc' || document.networkMode === 'none') return [];
  const isHost = document.networkMode === 'host';
  return document.containerDefinitions
    .flatMap((container) => container.portMappings ?? [])
    .map((mapping) => ({
      port: mapping.hostPort || (isHost ? (mapping.containerPort ?? 0) : 0),
      protocol: mapping.protocol ?? 'tcp',
    }))
    .filter(({ port }) => port > 0);
}
