import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import type { ContainerDefinition } from '#core/model/task-definition.ts';
import { encodeLabels } from '../labels.ts';
import type { ContainerSpec } from '../port.ts';
import { ALLOWED_CAPABILITIES, capabilityName } from '../refuse-unsafe.ts';

const MIB = 1024 * 1024;
/** Enough for any ordinary server, far too few for a fork bomb to hurt the machine. */
const PIDS_LIMIT = 1024;
/** The kernel's smallest meaningful share; ECS passes it for 0 and 1 too. */
const MIN_CPU_SHARES = 2;

/** What is kept of a container's output, whatever the engine's own default: some 20 MB, the oldest goes first. */
const LOGS = { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '2' } };

/**
 * A container as the engine's create call wants it. `machineMemory` (MiB) limits a container that names no limit; `podUser`
 * is the user that a pod wants.
 */
export function createOptions(spec: ContainerSpec, machineMemory: number, podUser?: string): ContainerCreateOptions {
  const { definition, name, labels } = spec;
  return {
    name,
    Image: definition.image,
    Labels: encodeLabels(labels),
    Env: (definition.environment ?? []).map((entry) => `${entry.name ?? ''}=${entry.value ?? ''}`),
    ...(definition.command?.length ? { Cmd: [...definition.command] } : {}),
    ...(definition.entryPoint?.length ? { Entrypoint: [...definition.entryPoint] } : {}),
    ...((podUser ?? definition.user) ? { User: podUser ?? definition.user ?? '' } : {}),
    ...(definition.workingDirectory ? { WorkingDir: definition.workingDirectory } : {}),
    // The agent asks the health checks of the definition itself; one that is in the image alone is not asked, as on ECS.
    Healthcheck: { Test: ['NONE'] },
    ExposedPorts: Object.fromEntries(publishedPorts(spec).map(([port]) => [port, {}])),
    HostConfig: {
      ...limits(spec, machineMemory),
      ...hardening(definition),
      ...network(spec),
      ...mounts(spec),
      LogConfig: LOGS,
    },
  };
}

function limits({ definition, taskCpu, taskMemory }: ContainerSpec, machineMemory: number): HostConfig {
  const memory = (definition.memory ?? taskMemory ?? machineMemory) * MIB;
  return {
    CpuShares: Math.max(MIN_CPU_SHARES, definition.cpu ?? 0),
    ...(taskCpu === undefined ? {} : { NanoCpus: Math.round((taskCpu / 1024) * 1e9) }),
    Memory: memory,
    // Equal to the memory limit means: no swap on top of it.
    MemorySwap: memory,
    ...(definition.memoryReservation === undefined ? {} : { MemoryReservation: definition.memoryReservation * MIB }),
    PidsLimit: PIDS_LIMIT,
  };
}

/**
 * Invariant X10. The allow list is the engine's own default without NET_RAW, MKNOD, AUDIT_WRITE, SETFCAP and
 * SYS_CHROOT, which services do not need and escapes have used.
 */
function hardening(definition: ContainerDefinition): HostConfig {
  return {
    Privileged: false,
    CapDrop: ['ALL'],
    CapAdd: [...capabilities(definition)],
    SecurityOpt: ['no-new-privileges'],
    ReadonlyRootfs:
      definition.readonlyRootFilesystem === true || definition.pod?.security.readOnlyRootFilesystem === true,
    RestartPolicy: { Name: 'no' },
  };
}

/** What a pod drops goes, and what it adds is among these already: more is refused before. */
function capabilities({ pod }: ContainerDefinition): readonly string[] {
  const dropped = (pod?.security.dropCapabilities ?? []).map(capabilityName);
  const added = (pod?.security.addCapabilities ?? []).map(capabilityName);
  return ALLOWED_CAPABILITIES.filter(
    (name) => added.includes(name) || !(dropped.includes('ALL') || dropped.includes(name)),
  );
}

/** Nothing of this machine but what its agent has made for this pod (invariant X10). */
function mounts({ pod }: ContainerSpec): HostConfig {
  if (!pod) return {};
  const all = [...pod.mounts, ...(pod.lastWords ? [pod.lastWords] : [])];
  return {
    Mounts: all.map(({ source, target, readOnly }) => ({
      Type: 'bind',
      Source: source,
      Target: target,
      ReadOnly: readOnly,
      BindOptions: { Propagation: 'rprivate' },
    })),
    GroupAdd: pod.groups.map(String),
  };
}

/** awsvpc has no network interface of its own here: it is a bridge that publishes no port. */
function network(spec: ContainerSpec): HostConfig {
  const { networkMode } = spec;
  if (spec.pod) return { NetworkMode: `container:${spec.pod.name}` };
  return {
    NetworkMode: networkMode === 'host' || networkMode === 'none' ? networkMode : 'bridge',
    PortBindings: Object.fromEntries(publishedPorts(spec)),
  };
}

function publishedPorts({ definition, networkMode, pod }: ContainerSpec): readonly [string, { HostPort: string }[]][] {
  if (networkMode !== 'bridge' || pod) return [];
  return (definition.portMappings ?? [])
    .filter(({ containerPort }) => containerPort !== undefined)
    .map(({ containerPort, hostPort = 0, protocol = 'tcp' }) => [
      `${containerPort}/${protocol}`,
      [{ HostPort: hostPort === 0 ? '' : String(hostPort) }],
    ]);
}
