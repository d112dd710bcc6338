import type Docker from 'dockerode';
import type { NetworkBinding } from '#core/model/task.ts';
import { decodeLabels } from '../labels.ts';
import type { ContainerInfo } from '../port.ts';

/** Docker's word for a state as one of ours: paused and restarting still hold a process, dead does not. */
function stateOf(status: string): ContainerInfo['state'] {
  if (status === 'created') return 'created';
  return status === 'exited' || status === 'dead' || status === 'removing' ? 'exited' : 'running';
}

/** Undefined when the container is not ours. */
export function fromInspection(inspected: Docker.ContainerInspectInfo): ContainerInfo | undefined {
  const labels = decodeLabels(inspected.Config.Labels ?? {});
  if (!labels) return undefined;
  const state = stateOf(inspected.State.Status);
  return {
    name: inspected.Name.replace(/^\//, ''),
    runtimeId: inspected.Id,
    labels,
    state,
    ...(state === 'exited' ? { exitCode: inspected.State.ExitCode, ...endOf(inspected.State.FinishedAt) } : {}),
    oomKilled: inspected.State.OOMKilled,
    imageDigest: inspected.Image,
    networkBindings: bindingsOf(inspected.NetworkSettings.Ports ?? {}),
  };
}

/** The engine says year 1 of what it does not know. */
function endOf(text: string | undefined): Pick<ContainerInfo, 'finishedAt'> {
  const finishedAt = Date.parse(text ?? '');
  return finishedAt > 0 ? { finishedAt } : {};
}

/** A listing lacks exit code and ports; whoever needs them inspects. */
export function fromListing(listed: Docker.ContainerInfo): ContainerInfo | undefined {
  const labels = decodeLabels(listed.Labels ?? {});
  if (!labels) return undefined;
  return {
    name: (listed.Names[0] ?? '').replace(/^\//, ''),
    runtimeId: listed.Id,
    labels,
    state: stateOf(listed.State),
    oomKilled: false,
    networkBindings: [],
  };
}

type Ports = Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>>;

/** The engine binds each port for IPv4 and IPv6; ECS reports the IPv4 one. */
function bindingsOf(ports: Ports): readonly NetworkBinding[] {
  return Object.entries(ports).flatMap(([key, hosts]) => {
    const [port = '', protocol] = key.split('/');
    return (hosts ?? [])
      .filter(({ HostIp }) => !HostIp.includes(':'))
      .map(({ HostIp, HostPort }) => ({
        bindIP: HostIp,
        containerPort: Number(port),
        hostPort: Number(HostPort),
        protocol: protocol === 'udp' ? ('udp' as const) : ('tcp' as const),
      }));
  });
}
