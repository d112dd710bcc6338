import type { NetworkMode } from '#core/model/task-definition.ts';
import type { ContainerDraft, DefinitionDraft, PortMappingDraft } from './draft.ts';
import { refuse } from './refuse.ts';

/** Docker refuses to start a container with less. */
const MIN_MEMORY = 6;
const MAX_PORT = 65_535;

/** Checks one container on its own and against its task; ECS's words where they are known. */
export function validateContainer(container: ContainerDraft, task: DefinitionDraft): void {
  if (!container.name) refuse('Container.name should not be null or empty.');
  if (!container.image) refuse('Container.image should not be null or empty.');
  validateMemory(container, task);
  validateHealthCheck(container);
  for (const mapping of container.portMappings ?? []) validatePort(container, mapping, task.networkMode);
  if (task.networkMode === 'awsvpc' && container.links?.length) {
    refuse('Links are not supported when networkMode=awsvpc.');
  }
  if (task.networkMode === 'awsvpc' && container.hostname) {
    refuse('hostname is not supported on container when networkMode=awsvpc.');
  }
  for (const mount of container.mountPoints ?? []) {
    if (!task.volumes?.some((volume) => volume.name === mount.sourceVolume)) {
      refuse(`Unknown volume '${mount.sourceVolume ?? ''}'.`);
    }
  }
}

/** Ranges of the times are the schema's to check. */
function validateHealthCheck({ name, healthCheck }: ContainerDraft): void {
  const [kind, ...rest] = healthCheck?.command ?? [];
  if (!healthCheck || ((kind === 'CMD' || kind === 'CMD-SHELL') && rest.length > 0)) return;
  refuse(
    `Invalid 'healthCheck' setting for container '${name}': command must start with CMD or CMD-SHELL, followed by what to run.`,
  );
}

function validateMemory(container: ContainerDraft, task: DefinitionDraft): void {
  const { memory, memoryReservation } = container;
  const setting = `Invalid setting for container '${container.name}'.`;
  if (memory === undefined && memoryReservation === undefined && task.memory === undefined) {
    refuse(`${setting} At least one of 'memory' or 'memoryReservation' must be specified.`);
  }
  for (const amount of [memory, memoryReservation]) {
    if (amount !== undefined && amount < MIN_MEMORY) refuse(`${setting} Memory must be at least ${MIN_MEMORY} MiB.`);
  }
  if (memory !== undefined && memoryReservation !== undefined && memory < memoryReservation) {
    refuse(`${setting} If both are specified, 'memory' must not be less than 'memoryReservation'.`);
  }
}

function validatePort(container: ContainerDraft, mapping: PortMappingDraft, networkMode?: NetworkMode): void {
  const { containerPort, hostPort = 0, containerPortRange } = mapping;
  if (containerPort === undefined) {
    if (containerPortRange === undefined) refuse(`Invalid 'containerPort' setting for container '${container.name}'.`);
    return;
  }
  if (containerPort < 1 || containerPort > MAX_PORT) {
    refuse(`Invalid 'containerPort' setting for container '${container.name}'.`);
  }
  if (hostPort < 0 || hostPort > MAX_PORT) refuse(`Invalid 'hostPort' setting for container '${container.name}'.`);
  const sharesPorts = networkMode === 'awsvpc' || networkMode === 'host';
  // 0 leaves the port open, as does leaving it out.
  if (sharesPorts && hostPort !== 0 && hostPort !== containerPort) {
    refuse(`When networkMode=${networkMode}, the host ports and container ports in port mappings must match.`);
  }
}
