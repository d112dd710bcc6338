import type { ContainerDraft } from './draft.ts';
import { refuse } from './refuse.ts';

/** Every container that another one waits for, or takes volumes from, must exist, and waiting must end somewhere. */
export function validateDependencies(containers: readonly ContainerDraft[]): void {
  const names = new Set(containers.map(({ name }) => name));
  for (const container of containers) {
    for (const other of [...dependencies(container), ...volumeSources(container)]) {
      if (!names.has(other)) refuse(`Container '${container.name}' refers to unknown container '${other ?? ''}'.`);
    }
  }
  refuseCycle(containers);
  for (const container of containers) refuseUnreachable(container, containers);
}

/** Conditions that the named container could never come to. */
function refuseUnreachable({ dependsOn = [] }: ContainerDraft, containers: readonly ContainerDraft[]): void {
  for (const { containerName, condition } of dependsOn) {
    const other = containers.find(({ name }) => name === containerName);
    if (other?.essential !== false && (condition === 'SUCCESS' || condition === 'COMPLETE')) {
      refuse('A dependency container with SUCCESS or COMPLETE condition cannot be an essential container');
    }
    if (condition === 'HEALTHY' && !other?.healthCheck) {
      refuse(`Container '${containerName ?? ''}' must have a health check: another one waits for it to be HEALTHY.`);
    }
  }
}

/** Takes away whatever waits for nothing that is left; what can never be taken away waits in a circle. */
function refuseCycle(containers: readonly ContainerDraft[]): void {
  let left = containers;
  for (;;) {
    const names = new Set(left.map(({ name }) => name));
    const waiting = left.filter((container) => dependencies(container).some((other) => names.has(other)));
    if (waiting.length === 0) return;
    if (waiting.length === left.length) refuse('The dependencies of the containers must not form a cycle.');
    left = waiting;
  }
}

const dependencies = (container: ContainerDraft): readonly (string | undefined)[] =>
  (container.dependsOn ?? []).map(({ containerName }) => containerName);
const volumeSources = (container: ContainerDraft): readonly (string | undefined)[] =>
  (container.volumesFrom ?? []).map(({ sourceContainer }) => sourceContainer);
