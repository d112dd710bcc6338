import type { ContainerInfo } from '../runtime/port.ts';
import { runtimeName } from './container-spec.ts';
import { observeContainer } from './observe.ts';
import type { TaskState } from './task-state.ts';

/**
 * A task that meets what a listing says of all its containers; of a pod's, of those alone whose last step has no known
 * outcome, for its machine looks at the others itself.
 */
export function observeAll(state: TaskState, infos: readonly ContainerInfo[], now: number): TaskState {
  const asked = state.containers.filter(({ phase }) => !state.pod || phase === 'uncertain');
  return asked.reduce((folded, container) => {
    const name = runtimeName(state, container);
    return observeContainer(
      folded,
      container.definition.name,
      infos.find((info) => info.name === name),
      now,
    );
  }, state);
}

export function groupByTask(infos: readonly ContainerInfo[]): Map<string, ContainerInfo[]> {
  const groups = new Map<string, ContainerInfo[]>();
  for (const info of infos) {
    const group = groups.get(info.labels.task);
    if (group) group.push(info);
    else groups.set(info.labels.task, [info]);
  }
  return groups;
}

/** Whether a listing disagrees with a task, so that its machine should look for itself. */
export function differs(state: TaskState, infos: readonly ContainerInfo[]): boolean {
  return state.containers.some((container) => {
    const { phase } = container;
    if (phase !== 'running' && phase !== 'created') return false;
    const name = runtimeName(state, container);
    return infos.find((info) => info.name === name)?.state !== phase;
  });
}
