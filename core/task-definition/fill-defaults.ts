import type { JsonObject } from '#core/json.ts';
import type { NetworkMode, TaskDefinitionDocument } from '#core/model/task-definition.ts';
import type { ContainerDraft, DefinitionDraft, PortMappingDraft, VolumeDraft } from './draft.ts';
import { parseCpu, parseMemory } from './task-size.ts';

/** Completes a validated draft into what ECS stores and answers: sizes normalised, defaults written out. */
export function fillDefaults(task: DefinitionDraft): TaskDefinitionDocument & JsonObject {
  const document = {
    ...task,
    containerDefinitions: task.containerDefinitions.map((container) => fillContainer(container, task.networkMode)),
    volumes: (task.volumes ?? []).map(fillVolume),
    placementConstraints: task.placementConstraints ?? [],
    ...normalised('cpu', task.cpu && parseCpu(task.cpu)),
    ...normalised('memory', task.memory && parseMemory(task.memory)),
  };
  // The draft came from JSON and was validated, which is all that tells it from a document.
  return document as unknown as TaskDefinitionDocument & JsonObject;
}

const normalised = (name: string, units: number | '' | undefined): Readonly<Record<string, string>> =>
  units ? { [name]: String(units) } : {};

const fillContainer = (container: ContainerDraft, networkMode?: NetworkMode): ContainerDraft => ({
  ...container,
  cpu: container.cpu ?? 0,
  essential: container.essential ?? true,
  portMappings: (container.portMappings ?? []).map((mapping) => fillPort(mapping, networkMode)),
  environment: container.environment ?? [],
  mountPoints: container.mountPoints ?? [],
  volumesFrom: container.volumesFrom ?? [],
  systemControls: container.systemControls ?? [],
  ...(container.healthCheck ? { healthCheck: { ...HEALTH_CHECK, ...container.healthCheck } } : {}),
});

const HEALTH_CHECK = { interval: 30, timeout: 5, retries: 3 };

/** Where task and machine share ports the host port is the container's; elsewhere 0 asks for a free one. */
function fillPort(mapping: PortMappingDraft, networkMode?: NetworkMode): PortMappingDraft {
  const protocol = mapping.protocol ?? 'tcp';
  if (mapping.containerPort === undefined) return { ...mapping, protocol };
  const shared = networkMode === 'awsvpc' || networkMode === 'host';
  return { ...mapping, hostPort: mapping.hostPort || (shared ? mapping.containerPort : 0), protocol };
}

const VOLUME_SOURCES = [
  'dockerVolumeConfiguration',
  'efsVolumeConfiguration',
  'fsxWindowsFileServerVolumeConfiguration',
  's3filesVolumeConfiguration',
] as const;

/** A volume without any source is an empty directory of the task, which ECS writes as an empty host. */
function fillVolume(volume: VolumeDraft): object {
  const { efsVolumeConfiguration: efs, dockerVolumeConfiguration: docker } = volume;
  if (efs) return { ...volume, efsVolumeConfiguration: { rootDirectory: '/', ...efs } };
  if (docker) return { ...volume, dockerVolumeConfiguration: { scope: 'task', ...docker } };
  const hasSource = volume.configuredAtLaunch || VOLUME_SOURCES.some((source) => volume[source] !== undefined);
  return hasSource ? volume : { ...volume, host: volume.host ?? {} };
}
