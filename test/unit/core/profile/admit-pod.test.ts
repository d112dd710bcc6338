import { describe, expect, it } from 'vitest';
import { admitPod } from '#core/profile/admit-pod.ts';
import { aPod, aProfile, asking } from '#test/support/a-pod.ts';

const profiles = [aProfile('fp')];
const admitted = (spec: object) => {
  const admission = admitPod(aPod(spec), profiles);
  return admission.kind === 'admitted' ? admission.capacityProvisioned : admission;
};
const refusal = (spec: object): string => {
  const admission = admitPod(aPod(spec), profiles);
  return admission.kind === 'refused' ? admission.message : admission.kind;
};
const securityContext = (context: object): object => ({ containers: [{ name: 'a', securityContext: context }] });

describe('admitPod, size', () => {
  it('of a pod that asks for nothing, is the smallest', () => {
    expect(admitPod(aPod(), profiles)).toEqual({
      kind: 'admitted',
      profile: 'fp',
      size: { cpu: 256, memory: 512 },
      capacityProvisioned: '0.25vCPU 0.5GB',
    });
  });

  it.each([
    ['1', '8Gi', '2vCPU 9GB'],
    ['1', '7936Mi', '1vCPU 8GB'],
    ['250m', '256Mi', '0.25vCPU 0.5GB'],
    ['250m', '257Mi', '0.25vCPU 1GB'],
    ['251m', '100Mi', '0.5vCPU 1GB'],
    ['100m', '2Gi', '0.5vCPU 3GB'],
    ['2', '', '2vCPU 4GB'],
    ['4', '40Gi', '8vCPU 44GB'],
    ['16', '122624Mi', '16vCPU 120GB'],
  ])('of %s CPU and %s of memory, is %s', (cpu, memory, expected) => {
    expect(admitted({ containers: [asking('a', cpu, memory)] })).toBe(expected);
  });

  it('of several containers, is their sum, or the largest init container where that is more', () => {
    const containers = [asking('a', '250m', '512Mi'), asking('b', '250m', '256Mi')];
    expect(admitted({ containers })).toBe('0.5vCPU 1GB');
    const initContainers = [asking('i', '2', '100Mi'), asking('j', '100m', '3Gi')];
    expect(admitted({ containers, initContainers })).toBe('2vCPU 4GB');
  });

  it('of a sidecar, counts it with the long-running containers', () => {
    const initContainers = [asking('s', '250m', '256Mi', { restartPolicy: 'Always' })];
    expect(admitted({ containers: [asking('a', '250m', '512Mi')], initContainers })).toBe('0.5vCPU 1GB');
  });

  it('of a container with limits only, counts them as requests', () => {
    const resources = { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '250m' } };
    expect(admitted({ containers: [{ name: 'a', resources }] })).toBe('0.25vCPU 2GB');
  });

  it.each([
    ['17', '1Gi'],
    ['1', '120Gi'],
  ])('of %s CPU and %s of memory, is too large for Fargate', (cpu, memory) => {
    expect(admitPod(aPod({ containers: [asking('a', cpu, memory)] }), profiles)).toEqual({
      kind: 'refused',
      profile: 'fp',
      reason: 'POD_CPU_MEM_EXCEEDS_MAX_FARGATE_SIZE',
      message: "Your pod's cpu/memory requirements exceed the max Fargate configuration",
    });
  });

  it('of more disk than EKS gives a pod, is too large', () => {
    const resources = { requests: { 'ephemeral-storage': '176Gi' } };
    expect(admitPod(aPod({ containers: [{ name: 'a', resources }] }), profiles)).toMatchObject({
      reason: 'POD_CPU_MEM_EXCEEDS_MAX_FARGATE_SIZE',
    });
  });

  it.each(['abc', '-1'])('of an amount of %j, is refused with its name', (cpu) => {
    expect(refusal({ containers: [asking('a', cpu)] })).toBe(
      `Pod not supported on Fargate: invalid resource quantities: a cpu "${cpu}"`,
    );
  });
});

describe('admitPod, refusal', () => {
  it('of a pod with more containers than a machine reports, names both numbers', () => {
    const containers = Array.from({ length: 15 }, (_, at) => ({ name: `c${at}`, image: 'nginx' }));
    const initContainers = Array.from({ length: 6 }, (_, at) => ({ name: `i${at}`, image: 'nginx' }));
    expect(refusal({ containers, initContainers })).toBe('Pod not supported on Fargate: 21 containers, more than 20');
    expect(refusal({ containers, initContainers: initContainers.slice(1) })).toBe('admitted');
  });

  it.each<[string, object, string]>([
    [
      'host namespaces',
      { hostNetwork: true, hostPID: true, hostIPC: true },
      'fields not supported: HostNetwork, HostPID, HostIPC',
    ],
    ['privileged', securityContext({ privileged: true }), 'invalid SecurityContext fields: Privileged'],
    [
      'two privileged containers',
      {
        containers: [
          { name: 'a', securityContext: { privileged: true } },
          { name: 'b', securityContext: { privileged: true } },
        ],
      },
      'invalid SecurityContext fields: Privileged,Privileged',
    ],
    [
      'capabilities beyond the usual ones',
      securityContext({ capabilities: { add: ['NET_BIND_SERVICE', 'NET_ADMIN', 'CAP_CHOWN'] } }),
      'invalid SecurityContext fields: Capabilities added: NET_ADMIN, CAP_CHOWN',
    ],
    [
      'privilege escalation',
      securityContext({ allowPrivilegeEscalation: true }),
      'invalid SecurityContext fields: AllowPrivilegeEscalation',
    ],
    [
      'a seccomp profile of the node',
      { securityContext: { seccompProfile: { type: 'Localhost' } } },
      'invalid SecurityContext fields: SeccompProfile Localhost',
    ],
    [
      'a host port of an init container',
      { initContainers: [{ name: 'i', ports: [{ containerPort: 80, hostPort: 80 }] }] },
      'port contains HostIP or HostPort',
    ],
    [
      'a host address',
      { containers: [{ name: 'a', ports: [{ hostIP: '10.0.0.1' }] }] },
      'port contains HostIP or HostPort',
    ],
    [
      'volumes of the node and of EBS',
      {
        volumes: [
          { name: 'logs', hostPath: { path: '/var/log' } },
          { name: 'disk', awsElasticBlockStore: { volumeID: 'v' } },
        ],
      },
      'volumes not supported: logs is of an unsupported volume Type (hostPath), disk is of an unsupported volume Type (awsElasticBlockStore)',
    ],
    [
      'a claim',
      { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'c' } }] },
      'volumes not supported: data not supported because: PVC c not bound',
    ],
    [
      'raw devices',
      { containers: [{ name: 'a', volumeDevices: [{ name: 'd', devicePath: '/dev/x' }] }] },
      'volumeDevices not supported',
    ],
    [
      'a GPU',
      { containers: [{ name: 'a', resources: { limits: { 'nvidia.com/gpu': '1' } } }] },
      'resources not supported: nvidia.com/gpu',
    ],
    [
      'another architecture',
      { nodeSelector: { 'kubernetes.io/arch': 'arm64' } },
      'node selector not supported: kubernetes.io/arch=arm64',
    ],
    [
      'several things at once',
      { hostNetwork: true, ...securityContext({ privileged: true }), volumes: [{ name: 'h', hostPath: {} }] },
      'fields not supported: HostNetwork, invalid SecurityContext fields: Privileged, volumes not supported: h is of an unsupported volume Type (hostPath)',
    ],
  ])('of %s, is worded as Fargate words it', (_, spec, words) => {
    expect(refusal(spec)).toBe(`Pod not supported on Fargate: ${words}`);
  });

  it('of a pod of a DaemonSet, says so', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'u', controller: true };
    expect(admitPod(aPod({}, { ownerReferences: [owner] }), profiles)).toMatchObject({
      kind: 'refused',
      message: 'Pod not supported on Fargate: DaemonSet not supported',
    });
  });

  it('of what Fargate takes, is none', () => {
    const spec = {
      securityContext: { runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      nodeSelector: { 'kubernetes.io/os': 'linux', 'topology.kubernetes.io/zone': 'eu-west-1a' },
      containers: [
        {
          name: 'a',
          ports: [{ containerPort: 80, hostPort: 0 }],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { add: ['NET_BIND_SERVICE'] } },
        },
      ],
      volumes: [
        { name: 'e', emptyDir: {} },
        { name: 'c', configMap: { name: 'c' } },
        { name: 's', secret: { secretName: 's' } },
        { name: 'p', projected: { sources: [] } },
        { name: 'd', downwardAPI: { items: [] } },
        { name: 'plain' },
      ],
    };
    expect(admitted(spec)).toBe('0.25vCPU 0.5GB');
  });
});

describe('admitPod, required node affinity', () => {
  const wanting = (...terms: object[][]): object => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: terms.map((matchExpressions) => ({ matchExpressions })),
        },
      },
    },
  });
  const architecture = (operator: string, ...values: string[]): object => ({
    key: 'kubernetes.io/arch',
    operator,
    values,
  });

  it('of one term out of several that a Fargate node meets, is admitted', () => {
    expect(admitted(wanting([architecture('In', 'arm64')], [architecture('In', 'arm64', 'amd64')]))).toBe(
      '0.25vCPU 0.5GB',
    );
    expect(admitted(wanting([architecture('NotIn', 'arm64'), { key: 'gpu', operator: 'DoesNotExist' }]))).toBe(
      '0.25vCPU 0.5GB',
    );
  });

  it('of terms that no Fargate node meets, is refused with what is not met', () => {
    expect(refusal(wanting([architecture('In', 'arm64')], [{ key: 'gpu', operator: 'Exists' }]))).toBe(
      'Pod not supported on Fargate: node selector not supported: kubernetes.io/arch In arm64, gpu Exists',
    );
  });
});

describe('admitPod, no match', () => {
  const message = (metadata: object, known = profiles): string => {
    const admission = admitPod(aPod({}, metadata), known);
    return admission.kind === 'unmatched' ? admission.message : admission.kind;
  };
  const pinned = { labels: { 'eks.amazonaws.com/fargate-profile': 'q' } };
  const elsewhere = { selectors: [{ namespace: 'elsewhere', labels: {} }] };

  it('says why, and what would help', () => {
    expect(message({}, [])).toBe('The cluster has no active Fargate profile; the pod waits for one.');
    expect(message({}, [aProfile('a', elsewhere)])).toContain('No selector of the active Fargate profile matches');
    expect(message({}, [aProfile('a', elsewhere), aProfile('b', elsewhere)])).toContain('any of the 2 active');
    expect(message(pinned)).toContain('profile q, which this cluster does not have');
    expect(message(pinned, [aProfile('q', elsewhere)])).toContain('none of its selectors');
    expect(message(pinned, [aProfile('q', { status: 'CREATING' })])).toContain('which is CREATING');
    expect(message({ annotations: { 'eks.amazonaws.com/compute-type': 'ec2' } })).toContain('ec2');
  });

  it('comes before a refusal, for an unmatched pod is nobody’s', () => {
    expect(admitPod(aPod({ hostNetwork: true }), []).kind).toBe('unmatched');
  });
});
