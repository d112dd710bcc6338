import type { ContainerDefinition } from '#core/model/task-definition.ts';
import { containerName, DEFAULT_STOP_TIMEOUT } from '../runtime/labels.ts';
import type { ContainerLabels, ContainerSpec, PodPlace } from '../runtime/port.ts';
import type { EngineWorld } from './engine-world.ts';
import { memberOf } from './pod/pod-container-state.ts';
import { type ContainerState, isEssential, type TaskState } from './task-state.ts';

/** One container of a task as a runtime is asked for it. */
export function containerSpec(
  state: TaskState,
  container: string,
  owner: ReturnType<EngineWorld['owner']>,
  place?: PodPlace,
): ContainerSpec {
  const { taskId, epoch, cluster, group, containers, networkMode, cpu, memory } = state;
  const chosen = containers.find(({ definition }) => definition.name === container);
  if (!chosen) throw new Error(`task ${taskId} has no container ${container}`);
  const { definition } = chosen;
  return {
    name: runtimeName(state, chosen),
    labels: {
      ...owner,
      task: taskId,
      epoch,
      cluster,
      group,
      container,
      essential: isEssential(chosen),
      count: containers.length,
      stopTimeout: definition.stopTimeout ?? DEFAULT_STOP_TIMEOUT,
      ...(state.fenced ? { fenced: true } : {}),
      ...upkeepOf(definition),
      ...podUpkeepOf(state, chosen),
    },
    definition,
    networkMode,
    ...(cpu === undefined ? {} : { taskCpu: cpu }),
    ...(memory === undefined ? {} : { taskMemory: memory }),
    ...(place ? { pod: place } : {}),
  };
}

/** What the runtime calls this run of a container. */
export const runtimeName = ({ taskId, epoch }: TaskState, { definition, pod }: ContainerState): string =>
  containerName(taskId, epoch, definition.name, pod?.run);

function podUpkeepOf({ pod }: TaskState, container: ContainerState): Pick<ContainerLabels, 'pod'> {
  if (!pod) return {};
  const { volumes: _volumes, ...of } = pod;
  const { wanted, pod: known } = memberOf(container);
  const { mounts: _mounts, environmentFrom: _from, ...rest } = wanted;
  return { pod: { run: known.run, pod: of, container: rest } };
}

function upkeepOf({ healthCheck, dependsOn = [] }: ContainerDefinition): Pick<ContainerLabels, 'upkeep'> {
  if (!healthCheck && dependsOn.length === 0) return {};
  return { upkeep: { ...(healthCheck ? { healthCheck } : {}), ...(dependsOn.length > 0 ? { dependsOn } : {}) } };
}

/** Seconds between SIGTERM and SIGKILL; none once the lease is over. */
export const stopGrace = ({ stop }: TaskState, { definition }: ContainerState): number =>
  stop?.code === 'InfrastructureHealth' ? 0 : (definition.stopTimeout ?? DEFAULT_STOP_TIMEOUT);
