import type { ContainerDraft, DefinitionDraft } from './draft.ts';
import { refuse } from './refuse.ts';
import { parseCpu, parseMemory } from './task-size.ts';
import { validateContainer } from './validate-container.ts';
import { validateDependencies } from './validate-dependencies.ts';
import { validateFargate } from './validate-fargate.ts';
import { validatePlacement } from './validate-placement.ts';

/** AWS's quota of container definitions in one task definition. */
const MAX_CONTAINERS = 10;

/** Throws Refused for the first thing RegisterTaskDefinition would not accept. */
export function validateDefinition(task: DefinitionDraft): void {
  const containers = task.containerDefinitions;
  if (containers.length === 0) refuse('Container list cannot be empty.');
  if (containers.length > MAX_CONTAINERS) refuse(`Container list cannot have more than ${MAX_CONTAINERS} containers.`);
  const cpu = taskSize('cpu', task.cpu, parseCpu);
  const memory = taskSize('memory', task.memory, parseMemory);
  for (const container of containers) validateContainer(container, task);
  validateNames(containers);
  validateDependencies(containers);
  if (!containers.some(({ essential }) => essential !== false)) {
    refuse('Task definition must have at least one essential container.');
  }
  validateTotals(containers, cpu, memory);
  validatePlacement(task);
  validateCompatibilities(task);
}

function taskSize(
  setting: string,
  text: string | undefined,
  parse: (text: string) => number | undefined,
): number | undefined {
  if (text === undefined) return undefined;
  return parse(text) || refuse(`Invalid '${setting}' setting for task.`);
}

function validateNames(containers: readonly ContainerDraft[]): void {
  const seen = new Set<string | undefined>();
  for (const { name } of containers) {
    if (seen.has(name)) refuse(`Container.name must be unique within a task definition: '${name}'.`);
    seen.add(name);
  }
}

/** What the containers are promised must fit into what the task is given. */
function validateTotals(containers: readonly ContainerDraft[], cpu?: number, memory?: number): void {
  const total = (amount: (container: ContainerDraft) => number): number =>
    containers.reduce((sum, container) => sum + amount(container), 0);
  if (cpu !== undefined && total((container) => container.cpu ?? 0) > cpu) {
    refuse("The total 'cpu' of the containers must not be greater than the 'cpu' of the task.");
  }
  if (memory === undefined) return;
  if (total((container) => container.memoryReservation ?? container.memory ?? 0) > memory) {
    refuse("The total memory of the containers must not be greater than the 'memory' of the task.");
  }
  for (const { name, memory: limit = 0 } of containers) {
    if (limit > memory) refuse(`Invalid 'memory' setting for container '${name}': it is greater than the task's.`);
  }
}

function validateCompatibilities(task: DefinitionDraft): void {
  const required = task.requiresCompatibilities ?? [];
  if (required.includes('FARGATE')) validateFargate(task);
  if (required.includes('EXTERNAL') && task.networkMode === 'awsvpc') {
    refuse("External instances do not support network mode 'awsvpc'.");
  }
}
