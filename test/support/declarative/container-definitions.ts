import type { ContainerDefinition, PortMapping } from '@aws-sdk/client-ecs';

/** Lists the provider drops when they are empty. */
const LISTS = [
  'command',
  'credentialSpecs',
  'dependsOn',
  'dnsSearchDomains',
  'dnsServers',
  'dockerSecurityOptions',
  'entryPoint',
  'environment',
  'environmentFiles',
  'extraHosts',
  'links',
  'mountPoints',
  'portMappings',
  'resourceRequirements',
  'secrets',
  'systemControls',
  'ulimits',
  'volumesFrom',
] as const;

/** Members of Go's structure that are numbers or flags without a null: absent and zero are one. */
const ZEROS = ['cpu'] as const;

/**
 * The provider's comparison of two texts of container definitions: order of containers, variables and secrets does
 * not count, nor do the few defaults it knows. Everything else that ECS adds is a difference, and thus a replacement.
 */
export const areEquivalent = (one: string, other: string, isAwsvpc: boolean): boolean =>
  reduced(one, isAwsvpc) === reduced(other, isAwsvpc);

const reduced = (json: string, isAwsvpc: boolean): string =>
  JSON.stringify(
    (JSON.parse(json) as ContainerDefinition[])
      .map((container) => sorted(reducedContainer(container, isAwsvpc)))
      .toSorted(byName),
  );

function reducedContainer(container: ContainerDefinition, isAwsvpc: boolean): object {
  const { environment, secrets, portMappings, healthCheck } = container;
  const filled = {
    ...container,
    essential: container.essential ?? true,
    environment: environment?.toSorted(byName),
    secrets: secrets?.toSorted(byName),
    portMappings: portMappings?.map((mapping) => reducedPort(mapping, isAwsvpc)),
    healthCheck: healthCheck && { interval: 30, retries: 3, timeout: 5, ...healthCheck },
  };
  return Object.fromEntries(
    Object.entries(filled).filter(
      ([name, value]) =>
        value !== undefined &&
        !(isOneOf(LISTS, name) && Array.isArray(value) && value.length === 0) &&
        !(isOneOf(ZEROS, name) && value === 0),
    ),
  );
}

function reducedPort({ protocol, hostPort, ...mapping }: PortMapping, isAwsvpc: boolean): object {
  const port = hostPort || (isAwsvpc ? mapping.containerPort : undefined);
  return {
    ...mapping,
    ...(protocol === undefined || protocol === 'tcp' ? {} : { protocol }),
    ...(port === undefined ? {} : { hostPort: port }),
  };
}

const isOneOf = (names: readonly string[], name: string): boolean => names.includes(name);

const byName = (a: object, b: object): number => (nameOf(a) < nameOf(b) ? -1 : 1);
const nameOf = (one: object): string => (one as { readonly name?: string }).name ?? '';

/** Members in order of names, however deep. */
function sorted(value: unknown): object {
  return JSON.parse(
    JSON.stringify(value, (_key, member: unknown) =>
      typeof member === 'object' && member !== null && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : member,
    ),
  ) as object;
}
