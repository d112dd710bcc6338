import type { ContainerProbe, PodContainer, PodContainerObservation, PodRun } from '#core/model/pod.ts';
import type { ContainerDefinition } from '#core/model/task-definition.ts';
import type { TaskReport, TaskSpec } from '#events/agent-wire.ts';
import { aSimulated, aTaskSpec } from './agent-specs.ts';
import type { AgentWorld } from './agent-world.ts';

export const aPodRun = (overrides: Partial<PodRun> = {}): PodRun => ({
  namespace: 'shop',
  name: 'web',
  uid: 'uid-1',
  hostname: 'web',
  terminationGracePeriodSeconds: 30,
  volumes: [],
  ...overrides,
});

export const aPodContainer = (overrides: Partial<PodContainer> = {}): PodContainer => ({
  role: 'main',
  restartPolicy: 'Always',
  imagePullPolicy: 'IfNotPresent',
  mounts: [],
  security: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  environmentFrom: [],
  ...overrides,
});

/** A simulated container of a pod, steered by `BERTH_SIM_<name>` variables. */
export const aMember = (
  name: string,
  pod: Partial<PodContainer> = {},
  behaviour: Readonly<Record<string, string | number>> = {},
): ContainerDefinition => aSimulated(name, behaviour, { pod: aPodContainer(pod) });

export const aPodSpec = (
  containers: readonly ContainerDefinition[],
  pod: Partial<PodRun> = {},
  overrides: Partial<TaskSpec> = {},
): TaskSpec => aTaskSpec({ taskId: 'p1', group: 'pod:shop/web', containers, pod: aPodRun(pod), ...overrides });

export const aProbe = (
  handler: ContainerProbe['handler'],
  overrides: Partial<ContainerProbe> = {},
): ContainerProbe => ({
  handler,
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
  ...overrides,
});

export const HTTP: ContainerProbe['handler'] = { kind: 'httpGet', scheme: 'HTTP', port: 80, path: '/', headers: [] };

export const podReport = (world: AgentWorld, taskId = 'p1'): TaskReport | undefined => world.server.lastReport(taskId);

/** What was last told of one container. */
export function toldOf(world: AgentWorld, container: string): PodContainerObservation | undefined {
  return podReport(world)?.containers.find(({ name }) => name === container)?.pod;
}

/** Names of the containers that run now, as the runtime knows them. */
export const runningNow = (world: AgentWorld): readonly string[] =>
  world.machine
    .list()
    .filter(({ state }) => state === 'running')
    .map(({ name }) => name)
    .sort();
