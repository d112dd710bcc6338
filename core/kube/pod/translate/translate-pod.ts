import type { JsonObject } from '../../../json.ts';
import type { ContainerDefinition, TaskDefinitionDocument } from '../../../model/task-definition.ts';
import { type PodContainer as PodContainerSpec, podContainers, podSpec } from '../../../profile/pod-containers.ts';
import { type PodSize, requestsOf } from '../../../profile/pod-size.ts';
import type { KubeObject } from '../../object.ts';
import { objectAt } from '../../object.ts';
import { mebibytesOf, milliOf, parseQuantity } from '../../quantity.ts';
import { literalEnvironment, soughtEnvironment } from './environment-sources.ts';
import { podPart } from './pod-part.ts';

/** The family of a pod's one revision: with a dot, so that no client can name or register it, and in no list of families. */
export const podFamily = (uid: string): string => `pod.${uid}`;

/** A pod as the definition of its task: what its machine runs, but for what is looked up when the machine is handed it. */
export function translatePod(pod: KubeObject, size: PodSize): TaskDefinitionDocument & JsonObject {
  const document: TaskDefinitionDocument = {
    family: podFamily(pod.metadata.uid),
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: String(size.cpu),
    memory: String(size.memory),
    containerDefinitions: podContainers(pod).map((container) => definitionOf(pod, container)),
  };
  // It holds nothing that JSON could not say.
  return document as unknown as TaskDefinitionDocument & JsonObject;
}

const UNITS_PER_CPU = 1024;

function definitionOf(pod: KubeObject, container: PodContainerSpec): ContainerDefinition {
  const { spec } = container;
  const limits = objectAt(objectAt(spec['resources'])['limits']);
  const [cpu, memory] = [parseQuantity(requestsOf(container)['cpu']), parseQuantity(limits['memory'])];
  const environment = literalEnvironment(pod, container);
  return {
    name: container.name,
    image: String(spec['image'] ?? ''),
    ...(cpu ? { cpu: Math.ceil((milliOf(cpu) * UNITS_PER_CPU) / 1_000) } : {}),
    ...(memory ? { memory: mebibytesOf(memory) } : {}),
    ...(textsOf(spec['command']) ? { entryPoint: textsOf(spec['command']) ?? [] } : {}),
    ...(textsOf(spec['args']) ? { command: textsOf(spec['args']) ?? [] } : {}),
    ...(environment.length > 0 ? { environment } : {}),
    ...portsOf(spec),
    ...(spec['workingDir'] ? { workingDirectory: String(spec['workingDir']) } : {}),
    pod: podPart(podSpec(pod), container, soughtEnvironment(container)),
  };
}

const textsOf = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.length > 0 ? value.map(String) : undefined;

/** SCTP has no name on the other side; such a port is open all the same, as every port of a pod is. */
function portsOf({ ports }: JsonObject): Pick<ContainerDefinition, 'portMappings'> {
  const mappings = (Array.isArray(ports) ? ports : []).flatMap((port) => {
    const { containerPort, protocol } = objectAt(port);
    if (typeof containerPort !== 'number' || protocol === 'SCTP') return [];
    return [{ containerPort, protocol: protocol === 'UDP' ? ('udp' as const) : ('tcp' as const) }];
  });
  return mappings.length > 0 ? { portMappings: mappings } : {};
}
