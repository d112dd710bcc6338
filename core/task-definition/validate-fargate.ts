import type { ContainerDraft, DefinitionDraft } from './draft.ts';
import { fargateSizeComplaint } from './fargate-sizes.ts';
import { refuse } from './refuse.ts';
import { parseCpu, parseMemory } from './task-size.ts';

/** What Fargate lacks, from "Amazon ECS task definition differences for Fargate". */
const UNSUPPORTED_TASK_SETTINGS: readonly (readonly [string, (task: DefinitionDraft) => boolean])[] = [
  ['placement constraints', (task) => Boolean(task.placementConstraints?.length)],
  ["'pidMode' host", (task) => task.pidMode === 'host'],
  ["'host.sourcePath' for volumes", (task) => Boolean(task.volumes?.some(({ host }) => host?.sourcePath))],
  [
    "'dockerVolumeConfiguration' for volumes",
    (task) => Boolean(task.volumes?.some((volume) => volume.dockerVolumeConfiguration !== undefined)),
  ],
];

const UNSUPPORTED_CONTAINER_SETTINGS: readonly (readonly [string, (container: ContainerDraft) => boolean])[] = [
  ["'privileged'", (container) => container.privileged === true],
  ["'links'", (container) => Boolean(container.links?.length)],
  ["'dockerSecurityOptions'", (container) => Boolean(container.dockerSecurityOptions?.length)],
  ["'devices'", (container) => Boolean(container.linuxParameters?.devices?.length)],
  ["'sharedMemorySize'", (container) => container.linuxParameters?.sharedMemorySize !== undefined],
  ['added capabilities', (container) => addedCapabilities(container).some((name) => name !== 'SYS_PTRACE')],
];

const MAX_STOP_TIMEOUT_SECONDS = 120;

/** Throws for the first reason why the definition cannot run on Fargate. */
export function validateFargate(task: DefinitionDraft): void {
  if (task.networkMode !== 'awsvpc') refuse('Fargate only supports network mode ‘awsvpc’.');
  validateSize(task);
  if (task.ipcMode !== undefined) refuse('Tasks using the Fargate launch type do not support ipcMode.');
  for (const [setting, used] of UNSUPPORTED_TASK_SETTINGS) {
    if (used(task)) refuse(`Fargate compatible task definitions do not support ${setting}.`);
  }
  for (const container of task.containerDefinitions) validateFargateContainer(container, task);
}

function validateSize(task: DefinitionDraft): void {
  if (task.cpu === undefined) refuse("Fargate requires that 'cpu' be defined at the task level.");
  if (task.memory === undefined) refuse("Fargate requires that 'memory' be defined at the task level.");
  const complaint = fargateSizeComplaint(parseCpu(task.cpu) ?? 0, parseMemory(task.memory) ?? 0);
  if (complaint) refuse(complaint);
}

function validateFargateContainer(container: ContainerDraft, task: DefinitionDraft): void {
  for (const [setting, used] of UNSUPPORTED_CONTAINER_SETTINGS) {
    if (used(container)) refuse(`Fargate compatible task definitions do not support ${setting}.`);
  }
  if (container.resourceRequirements?.some(({ type }) => type === 'GPU')) {
    refuse('Tasks using the Fargate launch type do not support GPU resource requirements.');
  }
  if ((container.stopTimeout ?? 0) > MAX_STOP_TIMEOUT_SECONDS) {
    refuse(`Fargate requires 'stopTimeout' to be at most ${MAX_STOP_TIMEOUT_SECONDS} seconds.`);
  }
  if (task.executionRoleArn === undefined) {
    const needs = needsExecutionRole(container);
    if (needs) refuse(`Fargate requires task definition to have execution role ARN to support ${needs}.`);
  }
}

function needsExecutionRole(container: ContainerDraft): string | undefined {
  if (container.logConfiguration?.logDriver === 'awslogs') return 'log driver awslogs';
  if (/\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/.test(container.image ?? '')) return 'ECR images';
  return container.secrets?.length ? 'container secrets' : undefined;
}

const addedCapabilities = (container: ContainerDraft): readonly string[] =>
  container.linuxParameters?.capabilities?.add ?? [];
