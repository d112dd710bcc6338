import type { JsonObject } from '../../json.ts';
import type { PodSize } from '../../profile/pod-size.ts';
import { timestamp } from '../object.ts';

/** The node of one pod: it comes when the pod is given to a machine and goes with it. */
export interface FargateNode {
  readonly name: string;
  readonly region: string;
  readonly zone?: string;
  readonly architecture: 'amd64' | 'arm64';
  readonly size: PodSize;
  /** Of the pod; absent before its agent says it. */
  readonly address?: string;
  /** What runs containers on its machine: `docker`, `process`... */
  readonly runtime: string;
  readonly agentVersion: string;
  readonly machine: string;
}

const DIGITS_PER_BYTE = 2;

/**
 * A node's name as EKS gives it, `fargate-ip-10-7-81-3.eu-west-1.compute.internal`: three bytes drawn from the pod, which are no
 * address of anything.
 */
export function nodeName(region: string, drawn: string): string {
  const bytes = [0, 1, 2].map((at) =>
    Number.parseInt(drawn.slice(at * DIGITS_PER_BYTE, (at + 1) * DIGITS_PER_BYTE), 16),
  );
  return `fargate-ip-10-${bytes.join('-')}.${region}.compute.internal`;
}

/** What a Node (core/v1) of Fargate says of itself, without its metadata's server-made part. */
export function fargateNode(
  node: FargateNode,
  now: number,
): { metadata: JsonObject; spec: JsonObject; status: JsonObject } {
  const { name, region, zone, architecture } = node;
  return {
    metadata: {
      name,
      labels: {
        'eks.amazonaws.com/compute-type': 'fargate',
        'kubernetes.io/arch': architecture,
        'beta.kubernetes.io/arch': architecture,
        'kubernetes.io/os': 'linux',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/hostname': name,
        'topology.kubernetes.io/region': region,
        'failure-domain.beta.kubernetes.io/region': region,
        ...(zone === undefined
          ? {}
          : { 'topology.kubernetes.io/zone': zone, 'failure-domain.beta.kubernetes.io/zone': zone }),
      },
    },
    spec: {
      providerID: `berth:///${zone ?? region}/${node.machine}/${name}`,
      taints: [{ key: 'eks.amazonaws.com/compute-type', value: 'fargate', effect: 'NoSchedule' }],
    },
    status: nodeStatus(node, now),
  };
}

const UNITS_PER_CPU = 1_024;
const OVERHEAD_MIB = 256;
/** What EKS gives every pod on Fargate to write on. */
const DISK = '20Gi';

function nodeStatus(
  { name, size, architecture, address, runtime, agentVersion, machine }: FargateNode,
  now: number,
): JsonObject {
  const cpu = `${Math.floor((size.cpu * 1_000) / UNITS_PER_CPU)}m`;
  const room = (memory: number): JsonObject => ({ cpu, memory: `${memory}Mi`, 'ephemeral-storage': DISK, pods: '1' });
  const at = timestamp(now);
  const condition = (type: string, status: string, reason: string, message: string): JsonObject => ({
    type,
    status,
    lastHeartbeatTime: at,
    lastTransitionTime: at,
    reason,
    message,
  });
  return {
    capacity: room(size.memory),
    allocatable: room(size.memory - OVERHEAD_MIB),
    conditions: [
      condition(
        'MemoryPressure',
        'False',
        'KubeletHasSufficientMemory',
        'The pod has the memory of its size to itself.',
      ),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'The pod has its disk to itself.'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'The pod has its processes to itself.'),
      condition('Ready', 'True', 'KubeletReady', 'The agent of the machine holds its lease.'),
    ],
    addresses: [
      ...(address === undefined ? [] : [{ type: 'InternalIP', address }]),
      { type: 'Hostname', address: name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 0 } },
    nodeInfo: {
      machineID: machine,
      systemUUID: machine,
      bootID: machine,
      kernelVersion: 'unknown',
      osImage: 'Linux',
      containerRuntimeVersion: `${runtime}://${agentVersion}`,
      kubeletVersion: `berth-${agentVersion}`,
      kubeProxyVersion: `berth-${agentVersion}`,
      operatingSystem: 'linux',
      architecture,
    },
  };
}
