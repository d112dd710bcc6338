import type { Json } from '../../../json.ts';
import type { PodRun } from '../../../model/pod.ts';
import type { ContainerDefinition } from '../../../model/task-definition.ts';
import type { TaskSpec } from '../../../model/task-spec.ts';
import { podContainers, podSpec } from '../../../profile/pod-containers.ts';
import type { PodSize } from '../../../profile/pod-size.ts';
import { type KubeObject, objectAt } from '../../object.ts';
import { expandVariables } from './expand-variables.ts';
import type { FindMap } from './maps.ts';
import { type Environment, resolveEnvironment } from './resolve-environment.ts';
import { resolveVolumes } from './resolve-volumes.ts';

/** A pod with everything it refers to, or what it waits for. */
export type PodResolution =
  | { readonly kind: 'resolved'; readonly run: PodRun; readonly environments: ReadonlyMap<string, ResolvedEnvironment> }
  | {
      readonly kind: 'missing';
      readonly reason: 'CreateContainerConfigError' | 'FailedMount';
      /** Absent: all of them wait. */
      readonly container?: string;
      readonly message: string;
    };

type ResolvedEnvironment = Extract<Environment, { readonly kind: 'resolved' }>;

/** Looks up what the pod refers to. Nothing of it is stored: a Secret's value stands in its Secret and on the machine, only. */
export function resolvePod(pod: KubeObject, size: PodSize, find: FindMap): PodResolution {
  const scope = { pod, size, find };
  const volumes = resolveVolumes(scope);
  if (volumes.kind === 'missing') return { kind: 'missing', reason: 'FailedMount', message: volumes.message };
  const environments = new Map<string, ResolvedEnvironment>();
  for (const container of podContainers(pod)) {
    const found = resolveEnvironment(scope, container);
    if (found.kind === 'missing') {
      const { message } = found;
      return { kind: 'missing', reason: 'CreateContainerConfigError', container: container.name, message };
    }
    environments.set(container.name, found);
  }
  const { hostname, terminationGracePeriodSeconds: grace, securityContext } = podSpec(pod);
  const { fsGroup } = objectAt(securityContext as Json);
  const { namespace = '', name, uid } = pod.metadata;
  const run: PodRun = {
    namespace,
    name,
    uid,
    hostname:
      typeof hostname === 'string' && hostname !== '' ? hostname : name.slice(0, MAX_HOSTNAME).replace(/[-.]+$/, ''),
    terminationGracePeriodSeconds: typeof grace === 'number' ? grace : 30,
    ...(typeof fsGroup === 'number' ? { fsGroup } : {}),
    volumes: volumes.volumes,
  };
  return { kind: 'resolved', run, environments };
}

const MAX_HOSTNAME = 63;

/** What the machine is told to run, with everything looked up. */
export function withResolved(
  spec: TaskSpec,
  { run, environments }: Extract<PodResolution, { readonly kind: 'resolved' }>,
): TaskSpec {
  const containers = spec.containers.map((container) => {
    const environment = environments.get(container.name);
    return environment ? resolvedContainer(container, environment) : container;
  });
  return { ...spec, containers, pod: run };
}

function resolvedContainer(
  { environment: _literal, ...container }: ContainerDefinition,
  { values, machine }: ResolvedEnvironment,
): ContainerDefinition {
  const known = new Map(values.map(({ name = '', value = '' }) => [name, value]));
  const expanded = (texts: readonly string[]): readonly string[] => texts.map((text) => expandVariables(text, known));
  return {
    ...container,
    ...(container.entryPoint ? { entryPoint: expanded(container.entryPoint) } : {}),
    ...(container.command ? { command: expanded(container.command) } : {}),
    ...(values.length > 0 ? { environment: values } : {}),
    ...(container.pod ? { pod: { ...container.pod, environmentFrom: machine } } : {}),
  };
}
