import type { ContainerDefinition as WireContainer } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { createOptions } from '#agent/runtime/docker/create-options.ts';
import type { ContainerSpec } from '#agent/runtime/port.ts';
import { refusalOf } from '#agent/runtime/refuse-unsafe.ts';
import { policyOf } from '#api/ecs/members/declared-members.ts';
import type { ContainerDefinition } from '#core/model/task-definition.ts';

/** Obeyed by the agent's engine, or by the scheduler, and not by the runtime. */
const ELSEWHERE: readonly string[] = [
  'essential',
  'stopTimeout',
  'startTimeout',
  'dependsOn',
  'healthCheck',
  'restartPolicy',
];

/** A value for every member, each one that asks for something. */
const SAMPLES: Readonly<Required<WireContainer>> = {
  name: 'other',
  image: 'other',
  repositoryCredentials: { credentialsParameter: 'arn' },
  cpu: 512,
  memory: 512,
  memoryReservation: 128,
  links: ['db'],
  portMappings: [{ containerPort: 80 }],
  essential: false,
  restartPolicy: { enabled: true },
  entryPoint: ['sh'],
  command: ['true'],
  environment: [{ name: 'A', value: '1' }],
  environmentFiles: [{ type: 's3', value: 'arn' }],
  mountPoints: [{ sourceVolume: 'disk', containerPath: '/disk' }],
  volumesFrom: [{ sourceContainer: 'db' }],
  linuxParameters: { capabilities: { add: ['NET_ADMIN'] }, devices: [{ hostPath: '/dev/kvm' }] },
  secrets: [{ name: 'B', valueFrom: 'arn' }],
  dependsOn: [{ containerName: 'db', condition: 'START' }],
  startTimeout: 10,
  stopTimeout: 10,
  versionConsistency: 'disabled',
  hostname: 'web',
  user: '1000',
  workingDirectory: '/srv',
  disableNetworking: true,
  privileged: true,
  readonlyRootFilesystem: true,
  dnsServers: ['10.0.0.2'],
  dnsSearchDomains: ['local'],
  extraHosts: [{ hostname: 'db', ipAddress: '10.0.0.3' }],
  dockerSecurityOptions: ['label:type:x'],
  interactive: true,
  pseudoTerminal: true,
  dockerLabels: { a: 'b' },
  ulimits: [{ name: 'nofile', softLimit: 1, hardLimit: 2 }],
  logConfiguration: { logDriver: 'json-file' },
  healthCheck: { command: ['CMD', 'true'] },
  systemControls: [{ namespace: 'net.core.somaxconn', value: '9' }],
  resourceRequirements: [{ type: 'GPU', value: '1' }],
  firelensConfiguration: { type: 'fluentbit' },
  credentialSpecs: ['arn'],
};

const BASE: ContainerDefinition = { name: 'web', image: 'nginx', memory: 64 };

const withMember = (name: string): ContainerDefinition =>
  ({ ...BASE, [name]: SAMPLES[name as keyof WireContainer] }) as ContainerDefinition;

const runtimeOptions = (definition: ContainerDefinition): string => {
  const spec = { definition, name: definition.name, labels: {}, networkMode: 'bridge' } as unknown as ContainerSpec;
  return JSON.stringify(createOptions(spec, 1024));
};

/** What the declarations say of containers, held against the code of the agent that starts them. */
describe('members of a container definition', () => {
  const kindOf = (name: string): string | undefined => policyOf('ContainerDefinition', name)?.kind;
  const all = Object.keys(SAMPLES);

  it.each(
    all.filter((name) => kindOf(name) === 'supported' && !ELSEWHERE.includes(name) && name !== 'linuxParameters'),
  )('%s is declared supported, and changes what the runtime is asked for', (name) => {
    expect(runtimeOptions(withMember(name))).not.toBe(runtimeOptions(BASE));
  });

  it.each(all.filter((name) => kindOf(name) === 'echoed'))(
    '%s is declared echoed, and changes nothing: declare it supported once it does',
    (name) => {
      expect(runtimeOptions(withMember(name))).toBe(runtimeOptions(BASE));
      expect(refusalOf(withMember(name))).toBeUndefined();
    },
  );

  it.each(all.filter((name) => kindOf(name) === 'unstartable'))(
    '%s is declared unstartable, and the machine refuses it in the words of the declaration',
    (name) => {
      const why = refusalOf(withMember(name));
      expect(policyOf('ContainerDefinition', name)).toEqual({ kind: 'unstartable', why });
    },
  );

  it('devices and capabilities of linuxParameters are declared unstartable, and each is refused', () => {
    for (const [name, value] of Object.entries(SAMPLES.linuxParameters ?? {})) {
      expect(policyOf('LinuxParameters', name)?.kind).toBe('unstartable');
      expect(refusalOf({ ...BASE, linuxParameters: { [name]: value } } as ContainerDefinition)).toBeDefined();
    }
  });
});
